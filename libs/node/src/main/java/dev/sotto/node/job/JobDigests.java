package dev.sotto.node.job;

import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.mpc.Channel;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Streams;
import dev.sotto.node.NodeContext;
import dev.sotto.node.compute.StageProgram;
import dev.sotto.node.compute.StepDigests;
import java.util.Base64;
import java.util.function.IntFunction;

/**
 * An evaluator's digests in one job: what it has answered is kept until the caller, who by then has
 * every lane's outputs, sends a seed and a share of a pad. Its padded share is public; the caller
 * gets the part of it that is about the logits, which the caller has, and nothing of the state.
 */
final class JobDigests {
  private final Seat seat;
  private final JobOpen open;
  private final StepDigests digests;

  /**
   * For a job at a node with an output.
   *
   * @param steps the session of its steps
   * @param streams a reader of its streams
   * @param peer the other evaluator, numbering frames by the digest that runs
   */
  JobDigests(NodeContext node, JobOpen open, Session steps, Streams streams, Channel peer) {
    this.seat = Seat.of(node);
    this.open = open;
    this.digests = new StepDigests(steps, streams, node.config(), peer, null);
  }

  /** Right behind a step that has run. */
  void keep(StageProgram.Output output) {
    if (output instanceof StageProgram.Output.Logits logits) {
      digests.keep(logits);
    }
  }

  /** A job's cost with what digests cost; what was dealt for them is in it already. */
  Usage with(Usage steps) {
    return new Usage(
        steps.rounds() + digests.rounds(),
        steps.dealtBytes(),
        steps.openedBytes() + digests.openedBytes());
  }

  /** What is public, and what of it the caller gets. */
  record Digested(DigestShared share, Octets logits) {}

  /** Runs a digest that was checked to be due. */
  Digested run(DigestRequest request, StepPlan plan) {
    StepPlan.Window window = plan.window((int) request.serial());
    if (request.pad().length() != window.count() * DigestPoint.STEP_BYTES) {
      throw new Refusal(
          Failure.Code.REFUSED,
          "a digest of %d steps needs a pad of %d bytes"
              .formatted(window.count(), window.count() * DigestPoint.STEP_BYTES));
    }
    byte[] pad = request.pad().toArray();
    IntFunction<long[]> padOfStep = step -> bits(pad, step * DigestPoint.STEP_BYTES);
    byte[] all =
        bytes(digests.digest(request.seed().toArray(), window.from(), window.count(), padOfStep));
    int bytes = DigestPoint.LOGITS.bits() / 8;
    byte[] logits = new byte[window.count() * bytes];
    for (int step = 0; step < window.count(); step++) {
      int from = step * DigestPoint.STEP_BYTES + DigestPoint.LOGITS.firstBit() / 8;
      System.arraycopy(all, from, logits, step * bytes, bytes);
    }
    DigestShared share =
        new DigestShared(
            open.jobId().toString(),
            seat.manifestDigest(),
            seat.stage(),
            seat.role(),
            (int) request.serial(),
            window.from(),
            window.count(),
            Base64.getEncoder().encodeToString(all));
    return new Digested(share, Octets.wrap(logits));
  }

  private static long[] bits(byte[] bytes, int from) {
    long[] bits = new long[DigestPoint.STEP_BITS];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (bytes[from + i / 8] >>> i % 8) & 1L;
    }
    return bits;
  }

  private static byte[] bytes(long[] bits) {
    byte[] bytes = new byte[bits.length / 8];
    for (int i = 0; i < bits.length; i++) {
      bytes[i / 8] |= (byte) (bits[i] << i % 8);
    }
    return bytes;
  }
}
