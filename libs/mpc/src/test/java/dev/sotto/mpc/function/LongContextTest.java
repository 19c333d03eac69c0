package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.VectorKernels;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention over long and awkward contexts against float64. */
class LongContextTest {
  private static final int DIM = 16;

  /** How the rows of scores look. */
  enum Scores {
    RANDOM,
    ALL_EQUAL,
    ONE_SPIKE,
    WIDE
  }

  @ParameterizedTest
  @CsvSource({
    "1, RANDOM",
    "17, ONE_SPIKE",
    "63, ALL_EQUAL",
    "64, WIDE",
    "176, ALL_EQUAL",
    "177, RANDOM",
    "300, RANDOM",
    "300, ONE_SPIKE",
    "2048, RANDOM",
    "2048, ALL_EQUAL",
    "2048, WIDE"
  })
  void oneTokenOverACache(int keys, Scores scores) {
    HeadShape shape = new HeadShape(4, 2, DIM, 2048);
    Random random = new Random(keys + scores.name().hashCode());
    double scale =
        switch (scores) {
          case RANDOM -> 1.5;
          case ALL_EQUAL, ONE_SPIKE -> 0.01;
          case WIDE -> 5;
        };
    double[] q = random.doubles(4 * DIM, -scale, scale).toArray();
    double[] k = random.doubles(2L * DIM * keys, -scale, scale).toArray();
    if (scores == Scores.ONE_SPIKE) {
      Arrays.fill(q, 4);
      Arrays.fill(k, keys / 2 * 2 * DIM, (keys / 2 + 1) * 2 * DIM, 8);
    }
    double bound = Math.min(15, 0.9 * (1 << 13) / (keys / 16.0 + 14));
    double[] v = random.doubles(2L * DIM * keys, -bound, bound).toArray();
    double[] got = attend(shape, keys, q, k, v);
    double[] want = clear(keys, q, k, v);
    for (int i = 0; i < got.length; i++) {
      // weights to 8e-3 at worst and 1.4e-3 root mean square, the reciprocal to 1e-3
      assertThat(Math.abs(got[i] - want[i])).as("value " + i).isLessThan(3e-3 * bound + 2e-3);
    }
  }

  /** All scores alike, wherever they lie in a bucket, and all values at the limit. */
  @ParameterizedTest
  @CsvSource({"16, 512", "32, 512", "512, 512", "48, 2048", "176, 2048", "177, 2048", "2048, 2048"})
  void valuesAtTheirLimit(int keys, int context) {
    HeadShape shape = new HeadShape(4, 2, DIM, context);
    double most = shape.mostValue() - 0.01;
    double[] v = new double[2 * DIM * keys];
    Arrays.setAll(v, i -> i % 2 == 0 ? most : -most);
    for (int i = 0; i < 8; i++) {
      double[] q = new double[4 * DIM];
      Arrays.fill(q, 1);
      double[] k = new double[2 * DIM * keys];
      Arrays.fill(k, i / 8.0); // scores of 4·k: every eighth of a bucket
      double[] got = attend(shape, keys, q, k, v);
      for (int j = 0; j < got.length; j++) {
        assertThat(Math.abs(got[j] - (j % 2 == 0 ? most : -most)))
            .as("value " + j)
            .isLessThan(4e-3 * most + 2e-3);
      }
    }
  }

  /** Scores from one end of the ring to the other: some far below zero, as a first token makes. */
  @ParameterizedTest
  @CsvSource({"187, -315", "-300, -315", "187, 181", "-315, -315", "187, 187"})
  void scoresAtTheEndsOfTheirRange(double above, double below) {
    int keys = 32;
    HeadShape shape = new HeadShape(4, 2, DIM, 512);
    Random random = new Random(5);
    double[] v = random.doubles(2L * DIM * keys, -8, 8).toArray();
    double[] q = new double[4 * DIM];
    Arrays.fill(q, 1);
    double[] k = new double[2 * DIM * keys]; // scores of 4·k
    for (int i = 0; i < k.length; i++) {
      k[i] = (i / (2 * DIM) % 2 == 0 ? above : below) / 4;
    }
    double[] got = attend(shape, keys, q, k, v);
    double[] want = clear(keys, q, k, v);
    for (int i = 0; i < got.length; i++) {
      assertThat(Math.abs(got[i] - want[i])).as("value %d", i).isLessThan(0.03);
    }
  }

  private static double[] attend(HeadShape shape, int keys, double[] q, double[] k, double[] v) {
    Three three = new Three(keys, new VectorKernels());
    Map<Role, KeyValues> caches = new ConcurrentHashMap<>();
    return Three.real(
        Three.opened(
            three.run(
                at -> {
                  KeyValues cache = caches.computeIfAbsent(at.role(), r -> new KeyValues(2 * DIM));
                  Opening o = at.in("in").opening();
                  int ring = shape.scoreRing();
                  int f = shape.valueFraction();
                  Wire wq = o.words("q", Three.input(at, Three.fixed(q, 12), ring, 12, 1));
                  Wire wk = o.words("k", Three.input(at, Three.fixed(k, 12), ring, 12, 2));
                  Wire wv = o.words("v", Three.input(at, Three.fixed(v, f), 45, f, 3));
                  o.run();
                  cache.append(wk, wv);
                  return new Attention(wq, cache, shape, 1).run(at.in("a"));
                })),
        14);
  }

  private static double[] clear(int keys, double[] q, double[] k, double[] v) {
    double[] out = new double[4 * DIM];
    for (int h = 0; h < 4; h++) {
      int g = h / 2 * DIM;
      double[] s = new double[keys];
      for (int j = 0; j < keys; j++) {
        for (int i = 0; i < DIM; i++) {
          s[j] += q[h * DIM + i] * k[j * 2 * DIM + g + i] / 4;
        }
      }
      double max = Arrays.stream(s).max().orElseThrow();
      double sum = 0;
      for (int j = 0; j < keys; j++) {
        s[j] = Math.pow(2, HeadShape.SCORE_UNIT * (s[j] - max));
        sum += s[j];
      }
      for (int j = 0; j < keys; j++) {
        for (int i = 0; i < DIM; i++) {
          out[h * DIM + i] += s[j] / sum * v[j * 2 * DIM + g + i];
        }
      }
    }
    return out;
  }

  @Test
  void aContextBeyondTheDomainIsRefused() {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> new HeadShape(9, 3, 64, 3801))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3801");
  }
}
