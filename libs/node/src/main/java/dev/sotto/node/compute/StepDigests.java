package dev.sotto.node.compute;

import dev.sotto.mpc.Channel;
import dev.sotto.mpc.Dealings;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.digest.Digest;
import dev.sotto.mpc.digest.Point;
import dev.sotto.mpc.digest.Projection;
import dev.sotto.nn.ModelConfig;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One role's digests of the answered steps of one session. The dealer deals a step's correlations
 * right behind the step; the evaluators keep them with their shares of the outputs, until whoever
 * opened those outputs publishes a seed and asks. What is asked for is dropped, and what is older:
 * no step is digested twice.
 *
 * <p>Freshness: a session of its own over the same streams, whose places all begin with {@value
 * #PLACE}, and whose serials are those of the steps, growing; so nothing that it draws was drawn by
 * a step or by another digest.
 */
public final class StepDigests {
  /** The most steps that are kept to be digested; older ones can no longer be. */
  public static final int MOST_KEPT = 16;

  private static final String PLACE = "digest";

  private final Session steps;
  private final Session session;
  private final List<Point> points;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private byte[] dealt = {};
  private int taken;

  private record Kept(int serial, StageProgram.Output.Logits output, byte[] dealt) {}

  /**
   * A session's digests.
   *
   * @param steps the session of the steps
   * @param streams its streams: a reader for this thread
   * @param peer the other evaluator, with the serial that it is given; null at the dealer
   * @param dealer the dealer's end of what it deals; null at the evaluators
   */
  public StepDigests(
      Session steps,
      Streams streams,
      ModelConfig config,
      @Nullable Channel peer,
      Dealings.@Nullable Out dealer) {
    this.steps = steps;
    this.points = points(config);
    Dealings dealings =
        switch (steps.role()) {
          case DEALER -> java.util.Objects.requireNonNull(dealer);
          case EVALUATOR_0 -> new Dealings.None();
          case EVALUATOR_1 -> (Dealings.In) this::take;
        };
    this.session = new Session(steps.role(), streams, steps.kernels(), peer, dealings);
  }

  /** What of an answered step is digested, in the order of the bits. */
  public static List<Point> points(ModelConfig config) {
    return List.of(Point.finalState(config.hidden()), Point.logits(config.vocab()));
  }

  /** The step whose digest is computed. */
  public int serial() {
    return session.serial();
  }

  /** Rounds of digests so far. */
  public int rounds() {
    return session.meter().total().rounds();
  }

  /** Bytes that this evaluator has opened to the other for digests so far. */
  public long openedBytes() {
    return session.meter().total().opened();
  }

  /** The dealer's part, right behind the step that has run. */
  public void deal() {
    session.begin(steps.serial());
    Digest.shape(points).run(session.step(PLACE, PLACE));
    session.end();
  }

  /** An evaluator's part, right behind the step that has run: nothing is computed yet. */
  public void keep(StageProgram.Output.Logits output) {
    byte[] bytes = {};
    if (steps.role() == Role.EVALUATOR_1) {
      bytes = new byte[Math.toIntExact(Digest.claim(points).dealt())];
      steps.step(PLACE, PLACE);
      steps.take(bytes, bytes.length);
    }
    if (kept.size() == MOST_KEPT) {
      kept.removeFirst();
    }
    kept.addLast(new Kept(steps.serial(), output, bytes));
  }

  /** Whether steps [from, from + count) are all kept. */
  public boolean holds(int from, int count) {
    return count >= 1
        && !kept.isEmpty()
        && from >= kept.getFirst().serial
        && from <= kept.getLast().serial - count + 1;
  }

  /**
   * The padded digests of steps [from, from + count), one after the other; they and all earlier
   * ones are dropped. IllegalArgumentException if they are not all kept.
   *
   * @param seed {@value Projection#SEED_BYTES} bytes, younger than the outputs of all these steps
   * @param pad this evaluator's share of the pad of a step by its number from 0 on. [bits]
   * @return XOR shares of the padded bits. [count, bits]
   */
  public long[] digest(byte[] seed, int from, int count, IntFunction<long[]> pad) {
    if (!holds(from, count)) {
      throw new IllegalArgumentException(
          "steps from %d to %d are not kept".formatted(from, from + count - 1));
    }
    int bits = Digest.bits(points);
    long[] all = new long[count * bits];
    while (!kept.isEmpty() && kept.getFirst().serial < from + count) {
      Kept step = kept.removeFirst();
      if (step.serial >= from) {
        int i = step.serial - from;
        long[] own = of(step, seed, pad.apply(i));
        System.arraycopy(own, 0, all, i * bits, bits);
      }
    }
    return all;
  }

  private long[] of(Kept step, byte[] seed, long[] pad) {
    dealt = step.dealt;
    taken = 0;
    session.begin(step.serial);
    List<Digest.Part> parts =
        List.of(
            new Digest.Part(
                points.get(0),
                step.output.state(),
                new Projection(seed, step.serial, points.get(0))),
            new Digest.Part(
                points.get(1),
                step.output.share(),
                new Projection(seed, step.serial, points.get(1))));
    long[] bits = new Digest(parts, pad).run(session.step(PLACE, PLACE)).words();
    session.end();
    return bits;
  }

  private void take(byte[] bytes, int from, int length) {
    System.arraycopy(dealt, taken, bytes, from, length);
    Arrays.fill(dealt, taken, taken + length, (byte) 0); // used once
    taken += length;
  }
}
