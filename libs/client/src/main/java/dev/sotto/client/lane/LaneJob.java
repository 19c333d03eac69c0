package dev.sotto.client.lane;

import dev.sotto.client.Steps;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.links.Frame;
import dev.sotto.links.IdentityKey;
import dev.sotto.links.Link;
import dev.sotto.links.LinkCounts;
import dev.sotto.links.LinkException;
import dev.sotto.links.LinkSettings;
import dev.sotto.links.NodeIdentity;
import dev.sotto.links.SealedFrames;
import dev.sotto.mpc.dpf.WordPoint;
import dev.sotto.mpc.dpf.WordPointKey;
import dev.sotto.ring.BitPacker;
import dev.sotto.ring.Words;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One job on a lane, from the enclave: the only place that sees tokens and logits. A token goes out
 * as six point-function keys, one for each role and pair, each uniform to who gets it; logits come
 * back as two shares that are added here.
 */
public final class LaneJob implements Steps, AutoCloseable {
  private static final int FRACTION = 12;
  private static final Duration LIFETIME = Duration.ofHours(1);

  private final JobOpen open;
  private final long session;
  private final StepPlan plan;
  private final int vocab;
  private final int levels;
  private final Duration patience;
  private final SecureRandom random = new SecureRandom();
  private final List<Seat> seats = new ArrayList<>();
  private int serial;
  private int position;

  /** A sealed link to one role of one stage. */
  private record Seat(int stage, Role role, SealedFrames link) {}

  /**
   * Opens a job at every node of the lane and waits until all are ready.
   *
   * @param vocab tokens of the model's vocabulary
   * @param patience how long a node may take for one step
   */
  public static LaneJob open(
      Lane lane,
      NodeIdentity self,
      LinkSettings settings,
      int vocab,
      int promptTokens,
      int maxTokens,
      Duration patience) {
    SecureRandom random = new SecureRandom();
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    JobOpen open =
        new JobOpen(
            JobId.random(random),
            lane.modelDigest(),
            lane.laneId(),
            promptTokens,
            maxTokens,
            Octets.wrap(self.key().bytes()),
            System.currentTimeMillis() + LIFETIME.toMillis(),
            Octets.wrap(nonce));
    LaneJob job = new LaneJob(open, vocab, patience);
    try {
      for (int stage = 0; stage < lane.stages().size(); stage++) {
        for (Role role : Role.values()) {
          LaneNode node = lane.stages().get(stage).node(role);
          InetSocketAddress address = new InetSocketAddress(node.host(), node.port());
          Link link = Link.connect(address, self, new IdentityKey(node.identity()), settings);
          job.seats.add(new Seat(stage, role, SealedFrames.over(link)));
        }
      }
      byte[] bytes = open.encode();
      for (Seat seat : job.seats) {
        seat.link.send(CallerKind.OPEN.code(), job.session, 0, bytes, 0, bytes.length);
      }
      for (Seat seat : job.seats) {
        job.receive(seat, CallerKind.READY, 0);
      }
      return job;
    } catch (LinkException e) {
      job.abandon();
      throw new LaneException(
          Failure.Code.PEER_GONE, "a node of the lane is gone: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      job.abandon();
      throw e;
    }
  }

  private LaneJob(JobOpen open, int vocab, Duration patience) {
    this.open = open;
    this.session = ByteBuffer.wrap(open.hash()).getLong();
    this.plan = StepPlan.of(open.promptTokens(), open.maxTokens());
    this.vocab = vocab;
    this.levels = Math.max(1, 32 - Integer.numberOfLeadingZeros(vocab - 1));
    this.patience = patience;
  }

  /**
   * Runs the steps that these tokens need: first the whole prompt, then one token at a time. Errors
   * are a {@link LaneException}; the job is over after one.
   */
  @Override
  public float[] next(int... tokens) {
    try {
      int due = serial == 0 ? open.promptTokens() : 1;
      if (tokens.length != due) {
        throw new IllegalArgumentException(tokens.length + " tokens where " + due + " are due");
      }
      float[] logits = {};
      for (int done = 0; done < tokens.length; ) {
        int n = plan.part(serial).tokens();
        logits = step(Arrays.copyOfRange(tokens, done, done + n));
        done += n;
      }
      return logits;
    } catch (LinkException e) {
      abandon();
      throw new LaneException(
          Failure.Code.PEER_GONE, "a node of the lane is gone: " + e.getMessage(), e);
    } catch (LaneException e) {
      abandon();
      throw e;
    }
  }

  private float[] step(int[] tokens) {
    List<List<Octets>> keys = keys(tokens);
    for (Seat seat : seats) {
      List<Octets> own = seat.stage == 0 ? keys.get(index(seat.role)) : List.of();
      byte[] bytes = new StepRequest(open.jobId(), serial, position, tokens.length, own).encode();
      seat.link.send(CallerKind.STEP.code(), session, serial, bytes, 0, bytes.length);
    }
    long[] sum = new long[vocab];
    int bits = 0;
    for (Seat seat : seats) {
      StepResult result = StepResult.decode(receive(seat, CallerKind.RESULT, serial));
      if (result.serial() != serial) {
        throw new LaneException(Failure.Code.PEER_CHEATED, "a node answered another step", null);
      }
      if (result.bits() > 0) {
        bits = add(result, sum);
      }
    }
    boolean answers = plan.answers(serial);
    serial++;
    position += tokens.length;
    if (answers != bits > 0) {
      throw new LaneException(
          Failure.Code.DIVERGED, "the lane did not answer the step that was due", null);
    }
    return answers ? logits(sum, bits) : new float[0];
  }

  private int add(StepResult result, long[] sum) {
    byte[] packed = result.packedShares().toArray();
    if (packed.length != BitPacker.bytes(vocab, result.bits())) {
      throw new LaneException(
          Failure.Code.PEER_CHEATED,
          "a node's result has another length than the vocabulary",
          null);
    }
    long[] share = new long[vocab];
    BitPacker.unpack(packed, 0, vocab, result.bits(), share, 0);
    for (int i = 0; i < vocab; i++) {
      sum[i] += share[i];
    }
    return result.bits();
  }

  private static float[] logits(long[] sum, int bits) {
    float[] out = new float[sum.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.scalb((float) Words.signed(sum[i], bits), -FRACTION);
    }
    return out;
  }

  /**
   * Keys by role: at an evaluator the evaluators' pair, then the dealer's; at the dealer
   * evaluator-0's pair, then evaluator-1's.
   */
  private List<List<Octets>> keys(int[] tokens) {
    List<List<Octets>> keys = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int token : tokens) {
      WordPointKey[] evaluators = WordPoint.generate(token, levels, random);
      WordPointKey[] first = WordPoint.generate(token, levels, random);
      WordPointKey[] second = WordPoint.generate(token, levels, random);
      put(keys, Role.DEALER, first[0], second[0]);
      put(keys, Role.EVALUATOR_0, evaluators[0], first[1]);
      put(keys, Role.EVALUATOR_1, evaluators[1], second[1]);
    }
    return keys;
  }

  private static void put(List<List<Octets>> keys, Role role, WordPointKey a, WordPointKey b) {
    keys.get(index(role)).add(Octets.wrap(a.encoded()));
    keys.get(index(role)).add(Octets.wrap(b.encoded()));
  }

  private static int index(Role role) {
    return switch (role) {
      case DEALER -> 0;
      case EVALUATOR_0 -> 1;
      case EVALUATOR_1 -> 2;
    };
  }

  private byte[] receive(Seat seat, CallerKind due, int step) {
    Frame f = seat.link.receive(patience);
    if (f.kind() == CallerKind.FAILURE.code()) {
      Failure failure = Failure.decode(f.copy());
      throw new LaneException(failure.code(), seat.role.label() + ": " + failure.sentence(), null);
    }
    if (f.session() != session || f.kind() != due.code() || f.step() != step) {
      throw new LaneException(
          Failure.Code.PEER_CHEATED,
          seat.role.label() + " answered something else than was asked",
          null);
    }
    return f.copy();
  }

  /** Bytes that this caller sent to and received from all nodes. */
  public long[] bytes() {
    long[] sums = new long[2];
    for (Seat seat : seats) {
      LinkCounts c = seat.link.counts();
      sums[0] += c.wireBytesSent();
      sums[1] += c.wireBytesReceived();
    }
    return sums;
  }

  private void abandon() {
    seats.forEach(s -> s.link.close());
  }

  /** Ends the job; the nodes drop what they hold of it. */
  @Override
  public void close() {
    for (Seat seat : seats) {
      if (!seat.link.isClosed()) {
        try {
          seat.link.send(CallerKind.CLOSE.code(), session, serial, new byte[0], 0, 0);
        } catch (LinkException e) {
          // the node is gone: it has dropped the job already
        }
      }
      seat.link.close();
    }
  }

  @Override
  public String toString() {
    return "LaneJob[" + open.jobId() + "]";
  }
}
