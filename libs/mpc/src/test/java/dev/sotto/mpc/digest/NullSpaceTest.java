package dev.sotto.mpc.digest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A node that knows the rows beforehand changes the answer unseen, by moving its change into their
 * null space. So rows must be younger than outputs: with others it is found.
 */
class NullSpaceTest {
  private static final Point POINT = Point.logits(4096);
  private static final int STEPS = 80; // of conjugate gradients
  private static float[][] rows = {};

  private static byte[] seed(long number) {
    byte[] seed = new byte[Projection.SEED_BYTES];
    new Random(number).nextBytes(seed);
    return seed;
  }

  @BeforeAll
  static void learn() {
    Projection.Rows known = new Projection(seed(1), 0, POINT).new Rows();
    rows = new float[POINT.bits()][POINT.size()];
    for (int j = 0; j < rows.length; j++) {
      int[] row = known.row(j);
      for (int i = 0; i < row.length; i++) {
        rows[j][i] = row[i];
      }
    }
  }

  private static double[] times(double[] x) {
    double[] y = new double[rows.length];
    for (int j = 0; j < y.length; j++) {
      for (int i = 0; i < x.length; i++) {
        y[j] += rows[j][i] * x[i];
      }
    }
    return y;
  }

  private static double[] transposed(double[] y) {
    double[] x = new double[POINT.size()];
    for (int j = 0; j < y.length; j++) {
      for (int i = 0; i < x.length; i++) {
        x[i] += rows[j][i] * y[j];
      }
    }
    return x;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** What is left of a change without what the known rows see: d − Rᵀ(RRᵀ)⁻¹R·d. */
  private static double[] hidden(double[] change) {
    double[] want = times(change);
    double[] y = new double[want.length];
    double[] residual = want.clone();
    double[] direction = residual.clone();
    double square = dot(residual, residual);
    for (int step = 0; step < STEPS; step++) {
      double[] image = times(transposed(direction));
      double alpha = square / dot(direction, image);
      for (int j = 0; j < y.length; j++) {
        y[j] += alpha * direction[j];
        residual[j] -= alpha * image[j];
      }
      double next = dot(residual, residual);
      for (int j = 0; j < y.length; j++) {
        direction[j] = residual[j] + next / square * direction[j];
      }
      square = next;
    }
    double[] seen = transposed(y);
    double[] out = change.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] -= seen[i];
    }
    return out;
  }

  private static int distance(byte[] seed, long[] a, long[] b) {
    Projection r = new Projection(seed, 0, POINT);
    long[] x = r.bits(a);
    long[] y = r.bits(b);
    int differ = 0;
    for (int i = 0; i < x.length; i++) {
      differ += x[i] == y[i] ? 0 : 1;
    }
    return differ;
  }

  @Test
  void hidesFromRowsThatAreKnownAndFromNoOthers() {
    Random random = new Random(2);
    long[] honest = random.longs(POINT.size(), -3 << 12, 3 << 12).toArray();
    double[] change = new double[POINT.size()];
    change[77] = 24 << 12; // forces token 77
    double[] moved = hidden(change);
    long[] lie = honest.clone();
    for (int i = 0; i < moved.length; i++) {
      lie[i] += Math.round(moved[i]);
    }
    int best = 0;
    for (int i = 0; i < lie.length; i++) {
      best = lie[i] > lie[best] ? i : best;
    }
    assertThat(best).as("the answer").isEqualTo(77);
    assertThat(Arrays.stream(honest).max().orElseThrow()).isNotEqualTo(honest[77]);
    assertThat(distance(seed(1), honest, lie)).as("with the known rows").isZero();
    for (int fresh = 2; fresh < 10; fresh++) {
      assertThat(distance(seed(fresh), honest, lie)).as("with fresh ones").isGreaterThan(400);
    }
  }
}
