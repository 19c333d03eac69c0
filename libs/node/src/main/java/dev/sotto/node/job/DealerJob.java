package dev.sotto.node.job;

import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.Usage;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.function.TokenLookUp;
import dev.sotto.nn.Step;
import dev.sotto.node.NodeContext;
import dev.sotto.node.compute.StageProgram;
import dev.sotto.node.compute.StageWeights;
import dev.sotto.node.compute.StepDigests;
import dev.sotto.node.peer.DealtOut;
import dev.sotto.node.peer.Greeting.Purpose;
import dev.sotto.node.peer.Kind;
import dev.sotto.node.peer.RoundChannel;
import dev.sotto.ring.BitPacker;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One job at the dealer: the whole program ahead of the evaluators on a thread of its own, from
 * shapes alone, as far as the stock allows; and, online, the dealer's part of embedding look-ups.
 */
final class DealerJob {
  private final NodeContext node;
  private final JobOpen open;
  private final Caller caller;
  private final SessionLinks links;
  private final StepPlan plan;

  DealerJob(NodeContext node, JobOpen open, Caller caller, SessionLinks links) {
    this.node = node;
    this.open = open;
    this.caller = caller;
    this.links = links;
    this.plan = StepPlan.of(open);
  }

  void run() {
    Streams streams = links.streams();
    DealtOut out =
        new DealtOut(links.get(Purpose.DEALT), links.number(), node.settings().jobIdle());
    Session session = new Session(Role.DEALER, streams, node.kernels(), null, out);
    CompletableFuture<Void> ahead = new CompletableFuture<>();
    StepDigests digests =
        open.digested() && node.stage().isLast()
            ? new StepDigests(session, streams.reader(), node.config(), null, out)
            : null;
    Thread.ofPlatform()
        .name("sotto-dealer")
        .daemon()
        .start(() -> ahead(session, digests, out, ahead));
    caller.ready();
    try {
      online(session, streams.reader());
    } catch (RuntimeException e) {
      throw ahead.isCompletedExceptionally() ? why(ahead.exceptionNow(), e) : e;
    } finally {
      out.stop();
    }
    awaitEnd(ahead);
  }

  private void awaitEnd(CompletableFuture<Void> ahead) {
    try {
      ahead.get(node.settings().peerPatience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw why(e.getCause(), new IllegalStateException("dealing failed"));
    } catch (TimeoutException e) {
      throw new Abort.PeerGone("evaluator-1 did not end the job in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Abort.PeerGone("this node is stopping", e);
    }
  }

  private static RuntimeException why(@Nullable Throwable dealing, RuntimeException otherwise) {
    return switch (dealing) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      case null, default -> otherwise;
    };
  }

  private void ahead(
      Session session,
      @Nullable StepDigests digests,
      DealtOut out,
      CompletableFuture<Void> result) {
    try {
      MaskProducts products = new MaskProducts(session, node.settings().stepsAhead());
      products.bound(plan.steps() - 1);
      StageProgram program =
          new StageProgram(
              session,
              node.shard().header(),
              new StageWeights(node.shard()),
              node.plan(),
              products);
      try {
        for (int serial = 0; serial < plan.steps(); serial++) {
          if (plan.isDigest(serial)) {
            continue; // what it needs was dealt with the steps that it covers
          }
          StepPlan.Part part = plan.part(serial);
          program.run(
              new Step(serial, part.position(), part.tokens()),
              plan.answers(serial),
              new StageProgram.Input.Nothing());
          if (digests != null && plan.answers(serial)) {
            digests.deal();
          }
          out.stepped();
        }
      } catch (DealtOut.Ended e) {
        // the caller had its answer earlier than it might have: nothing is lost
      }
      out.finish();
      result.complete(null);
    } catch (Throwable t) { // whatever it is, the job's own thread throws it
      result.completeExceptionally(t);
      if (!out.isStopped()) {
        // That thread may wait for its caller's next step: the caller should not have to ask.
        RunningJob.tell(caller, Failures.of(open.jobId(), t));
        caller.leave();
      }
    }
  }

  private void online(Session session, Streams streams) {
    StageWeights weights = new StageWeights(node.shard(), node.picks());
    int done = -1;
    while (true) {
      switch (caller.next()) {
        case Caller.Wish.Run(StepRequest request) -> {
          if (request.serial() != done) {
            Keys.check(request, open.jobId(), plan, done + 1);
            done++;
            if (node.stage().isFirst()) {
              lookUp(session, streams, weights, request, done);
            }
          }
          caller.result(StepResult.done(open.jobId(), done, Usage.NONE));
        }
        case Caller.Wish.Digest(DigestRequest request) -> {
          if (request.serial() != done) {
            Keys.check(request, open.jobId(), plan, done + 1);
            done++;
          }
          caller.result(StepResult.done(open.jobId(), request.serial(), Usage.NONE));
          if (!plan.isDigest(done)) {
            done = plan.steps(); // in place of a step: nothing comes after it
          }
        }
        case Caller.Wish.Close _ -> {
          return;
        }
        case Caller.Wish.Refused(RuntimeException why) -> throw why;
      }
    }
  }

  private void lookUp(
      Session session, Streams streams, StageWeights weights, StepRequest request, int serial) {
    List<byte[]> keys = Keys.of(request, Role.DEALER, node.config().vocab());
    int ring = TokenLookUp.ring(StageProgram.embeddingWholeBits(node.shard().header()));
    long[] words = StageProgram.dealerPart(session, weights, streams, serial, keys);
    byte[] bytes = new byte[BitPacker.bytes(words.length, ring)];
    BitPacker.pack(words, 0, words.length, ring, bytes, 0);
    new RoundChannel(
            links.get(Purpose.LOOK_UPS),
            Kind.LOOKED_UP,
            links.number(),
            () -> serial,
            node.settings().peerPatience())
        .send(bytes, bytes.length);
  }
}
