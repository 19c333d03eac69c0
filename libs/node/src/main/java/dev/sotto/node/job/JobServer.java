package dev.sotto.node.job;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobOpen;
import dev.sotto.links.Frame;
import dev.sotto.links.FrameChannel;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.SealedFrames;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.Role;
import dev.sotto.node.NodeContext;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Serves callers: a sealed link carries one job after the other. What a caller asks for is checked
 * against this node's shard, lane and bounds before a peer is spoken to, and a nonce is accepted
 * once.
 */
public final class JobServer {
  private static final int REMEMBERED_NONCES = 1 << 16;

  private final NodeContext node;
  private final Semaphore free;
  private final Map<ByteBuffer, Boolean> nonces =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
          return size() > REMEMBERED_NONCES;
        }
      };

  public JobServer(NodeContext node) {
    this.node = node;
    this.free = new Semaphore(node.settings().jobs());
  }

  /** Serves a caller's link until it ends. */
  public void serve(Link link) {
    try (SealedFrames caller = SealedFrames.over(link)) {
      while (true) {
        Frame f = caller.receive(node.settings().jobIdle());
        if (f.kind() == CallerKind.CLOSE.code()) {
          continue; // the end of a job that has ended here already
        }
        if (f.kind() != CallerKind.OPEN.code()) {
          return; // a caller opens a job before it speaks of one
        }
        JobOpen open = JobOpen.decode(f.copy());
        if (!serve(caller, open, f.session())) {
          return;
        }
      }
    } catch (BadMessage | LinkException e) {
      link.close(); // a caller that does not speak the protocol, or is gone: there is nobody to
      // tell
    }
  }

  private boolean serve(FrameChannel link, JobOpen open, long session) {
    Caller caller = new Caller(link, session, node.settings().jobIdle());
    if (!free.tryAcquire()) {
      fail(caller, open, Failure.Code.BUSY, "this node runs as many jobs as it can; try again");
      return true;
    }
    try {
      String refusal = refusal(link, open, session);
      if (!refusal.isEmpty()) {
        fail(caller, open, Failure.Code.REFUSED, refusal);
        return true;
      }
      if (node.role() == Role.DEALER) {
        new DealerJob(node, open, caller).run();
      } else {
        new EvaluatorJob(node, open, caller).run();
      }
      return true;
    } catch (Abort e) {
      Failure.Code code =
          switch (e) {
            case Abort.PeerGone g -> Failure.Code.PEER_GONE;
            case Abort.PeerCheated c -> Failure.Code.PEER_CHEATED;
            case Abort.PartiesDiverged d -> Failure.Code.DIVERGED;
          };
      fail(caller, open, code, String.valueOf(e.getMessage()));
      return false;
    } catch (RuntimeException e) {
      fail(
          caller,
          open,
          Failure.Code.INTERNAL,
          "this node has a defect: " + e.getClass().getSimpleName());
      throw e;
    } finally {
      free.release();
    }
  }

  private static void fail(Caller caller, JobOpen open, Failure.Code code, String sentence) {
    try {
      caller.failure(new Failure(open.jobId(), code, sentence));
    } catch (Abort e) {
      // the caller is gone, and with it the reason to tell it anything
    }
  }

  /** Why a job is refused; empty if it is not. */
  private String refusal(FrameChannel link, JobOpen open, long session) {
    if (!open.modelDigest().equals(node.lane().modelDigest())
        || !open.laneId().equals(node.lane().laneId())) {
      return "this node serves another model or lane";
    }
    if (session != ByteBuffer.wrap(open.hash()).getLong()) {
      return "the frames' session is not the job's";
    }
    if (!Arrays.equals(open.resultKey().toArray(), link.peer().bytes())) {
      return "results go to the caller of this link, and to no other key";
    }
    long tokens = (long) open.promptTokens() + open.maxTokens() - 1;
    if (tokens > node.plan().context()) {
      return "prompt and answer of %d tokens exceed the context of %d"
          .formatted(tokens, node.plan().context());
    }
    if (open.expiresAt() < System.currentTimeMillis()) {
      return "the job has expired";
    }
    synchronized (nonces) {
      if (nonces.put(ByteBuffer.wrap(open.nonce().toArray()), true) != null) {
        return "this nonce was used before";
      }
    }
    return "";
  }
}
