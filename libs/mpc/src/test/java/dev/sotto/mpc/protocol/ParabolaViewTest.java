package dev.sotto.mpc.protocol;

import static dev.sotto.mpc.testing.Enumeration.hides;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.testing.Defects;
import dev.sotto.mpc.testing.Enumeration.Program;
import dev.sotto.mpc.testing.Enumeration.Seat;
import dev.sotto.ring.LookUpTable;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * The pattern of an activation on a tiny ring, with all randomness enumerated: a wire of two bits,
 * the upper a position with a parabola, the lower an offset that is the dealer's by half, with the
 * square of its half dealt too, so that the result is exact. Sums are mod 2, where a sign changes
 * nothing; {@link ViewsTest} has it.
 */
class ParabolaViewTest {
  /** a, b, c by position: the parabolas of both agree between them, and at 0 and 2 they differ. */
  private static final LookUpTable PARABOLAS =
      new LookUpTable(new long[][] {{0, 1}, {0, 1}, {1, 1}}, 1);

  private static final List<Long> FOUR = List.of(0L, 1L, 2L, 3L);

  private static long[] dealt(Scope at, String name, LongSupplier secret) {
    return at.in(name).deal(1, 1, () -> new long[] {secret.getAsLong() & 1});
  }

  private static final Program<Long> PARABOLA = ParabolaViewTest::parabola;

  private static Share parabola(Seat seat, long x) {
    Scope at = seat.at();
    Wire wire = at.in("x").open(seat.input("x", x, 2));
    boolean deals = at.deals();
    long source = deals ? wire.mask()[0] : wire.masked()[0];
    long low = source & 1;
    OneHot.Vectors hot = new OneHot(new long[] {source >>> 1}, 1, 1).run(at.in("hot"));
    Share[] abc = hot.lookUp(at, new int[] {(int) (source >>> 1)}, 1, PARABOLAS, 0);
    Opening o = at.in("looked").opening();
    Wire value = o.words("value", deals ? abc[0] : sum(abc, 1, low, low));
    Wire slope = o.words("slope", deals ? abc[1] : sum(abc, 0, 1, 0)); // b + 2·c·m
    Wire curvature = o.words("curvature", abc[2]);
    o.run();
    long[] linear = dealt(at, "linear", () -> low);
    long[] square = dealt(at, "square", () -> low * low);
    long[] constant =
        dealt(
            at,
            "constant",
            () -> low * slope.mask()[0] - value.mask()[0] - low * curvature.mask()[0]);
    if (deals) {
      return Share.shape(1, 1, 0);
    }
    long one = at.first() ? 1 : 0;
    long z =
        one * value.masked()[0]
            - linear[0] * slope.masked()[0]
            + square[0] * curvature.masked()[0]
            + constant[0];
    return new Share(new long[] {z & 1}, 1, 0);
  }

  private static Share sum(Share[] abc, long a, long b, long c) {
    long z = a * abc[0].words()[0] + b * abc[1].words()[0] + c * abc[2].words()[0];
    return new Share(new long[] {z & 1}, 1, 0);
  }

  @Test
  void parabolaAtAMaskedPosition() {
    hides(PARABOLA, FOUR, (x, v) -> v == (x == 0 ? 0 : 1));
  }

  @Test
  void wordsDealtWithoutAPadAreCaught() {
    assertThatThrownBy(
            () -> hides(PARABOLA, FOUR, (x, v) -> true, Defects.noPad(Pair.DEALER_EVALUATOR_0)))
        .hasMessageContaining("the view of EVALUATOR_1");
  }

  @Test
  void aSharedMaskIsCaught() {
    assertThatThrownBy(() -> hides(PARABOLA, FOUR, (x, v) -> true, Defects.sharedMask()))
        .hasMessageContaining("the view of EVALUATOR");
  }
}
