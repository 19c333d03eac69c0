package dev.sotto.mpc.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sotto.ring.Words;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signs are random, balanced where the mean is to vanish, and projected as their matrix says. */
class ProjectionTest {
  private static byte[] seed(long number) {
    byte[] seed = new byte[Projection.SEED_BYTES];
    new Random(number).nextBytes(seed);
    return seed;
  }

  private static Point point(int size, boolean centred) {
    return new Point("test", size, 31, 256, 100, centred);
  }

  /** The matrix, column by column: what unit vectors project to. */
  private static long[][] matrix(Projection r) {
    Point point = r.point();
    long[][] rows = new long[point.bits()][point.size()];
    for (int i = 0; i < point.size(); i++) {
      long[] unit = new long[point.size()];
      unit[i] = 1;
      long[] column = r.of(unit);
      for (int row = 0; row < rows.length; row++) {
        rows[row][i] = Words.signed(column[row], point.ring());
      }
    }
    return rows;
  }

  @ParameterizedTest
  @CsvSource({"1, false", "7, false", "8, false", "129, false", "2, true", "9, true", "600, true"})
  void isWhatItsMatrixSays(int size, boolean centred) {
    Projection r = new Projection(seed(size), 3, point(size, centred));
    long[][] rows = matrix(r);
    long[] x = new Random(size).longs(size).toArray();
    long[] got = r.of(x);
    for (int row = 0; row < rows.length; row++) {
      long want = 0;
      for (int i = 0; i < size; i++) {
        want += rows[row][i] * x[i];
      }
      assertThat(got[row]).isEqualTo(want & Words.mask(31));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 301})
  void centredRowsLeaveOutWhatAllValuesHaveInCommon(int size) {
    Projection r = new Projection(seed(size), 0, point(size, true));
    for (long[] row : matrix(r)) {
      assertThat(Arrays.stream(row).sum()).isZero();
    }
    long[] x = new Random(size).longs(size).toArray();
    long[] moved = Arrays.stream(x).map(v -> v + 12345).toArray();
    assertThat(r.of(moved)).isEqualTo(r.of(x));
  }

  /** Over many rows every place has a mean of zero, the spread that is stated, both parities. */
  @ParameterizedTest
  @CsvSource({"true, 256", "false, 256", "true, 20", "false, 20", "true, 2", "false, 2"})
  void noPlaceIsPreferred(boolean centred, int spread) {
    int size = 37;
    Point point = new Point("test", size, 31, 8192, spread, centred);
    long[][] rows = matrix(new Projection(seed(5), 1, point));
    double root = Math.sqrt((spread * spread + 1) / 6.0);
    for (int i = 0; i < size; i++) {
      int column = i;
      double[] entries = Arrays.stream(rows).mapToDouble(row -> row[column]).toArray();
      double mean = Arrays.stream(entries).average().orElseThrow();
      double square = Arrays.stream(entries).map(e -> e * e).average().orElseThrow();
      assertThat(mean).as("place %d", i).isCloseTo(0, within(5 * root / Math.sqrt(8192)));
      assertThat(Math.sqrt(square)).isCloseTo(root, within(0.08 * root + 0.15));
      long odd = Arrays.stream(rows).filter(row -> (row[column] & 1) == 1).count();
      assertThat(odd / 8192.0).isBetween(0.35, 0.65);
      double withNext =
          Arrays.stream(rows).mapToDouble(row -> row[column] * row[(column + 1) % size]).sum();
      double want = centred ? -root * root / size : 0;
      assertThat(withNext / 8192).isCloseTo(want, within(0.07 * root * root));
    }
  }

  /** What signs alone would miss: a change by half the ring in two places, by a divisor in one. */
  @Test
  void changesThatWrapAreSeen() {
    Point point = Point.logits(49_152);
    Projection r = new Projection(seed(3), 0, point);
    long[] x = new Random(4).longs(point.size(), -1 << 14, 1 << 14).toArray();
    long[] before = r.bits(x);
    for (int shift = 16; shift < point.ring(); shift++) {
      for (int places = 1; places <= 2; places++) {
        long[] y = x.clone();
        for (int i = 0; i < places; i++) {
          y[100 + i] += 1L << shift;
        }
        assertThat(distance(before, r.bits(y)))
            .as("2^%d in %d places", shift, places)
            .isGreaterThan(340);
      }
    }
  }

  private static int distance(long[] a, long[] b) {
    int differ = 0;
    for (int i = 0; i < a.length; i++) {
      differ += a[i] == b[i] ? 0 : 1;
    }
    return differ;
  }

  @Test
  void anotherSeedStepOrPointHasOtherSigns() {
    Point point = point(64, false);
    Point other = new Point("other", 64, 31, 256, 100, false);
    long[] x = new Random(1).longs(64).toArray();
    long[] first = new Projection(seed(1), 0, point).of(x);
    assertThat(new Projection(seed(1), 0, point).of(x)).isEqualTo(first);
    assertThat(new Projection(seed(2), 0, point).of(x)).isNotEqualTo(first);
    assertThat(new Projection(seed(1), 1, point).of(x)).isNotEqualTo(first);
    assertThat(new Projection(seed(1), 0, other).of(x)).isNotEqualTo(first);
  }

  /** The whole reason for a digest: at the honest bound, it differs in the part that is stated. */
  @ParameterizedTest
  @ValueSource(ints = {5_000, 49_152, 128_256})
  void distancesOfDigestsAreDistancesOfVectors(int vocab) {
    assertPart(Point.logits(vocab), Point.HONEST_LOGITS, 12, Point.HONEST_LOGIT_BITS);
  }

  @ParameterizedTest
  @ValueSource(ints = {576, 2048, 4096})
  void distancesOfStatesLikewise(int hidden) {
    assertPart(Point.finalState(hidden), Point.HONEST_STATE, 14, Point.HONEST_STATE_BITS);
  }

  private static void assertPart(Point point, double noise, int fraction, double part) {
    Random random = new Random(8);
    int differ = 0;
    int rounds = point.bits() == 128 ? 20 : 3;
    for (int i = 0; i < rounds; i++) {
      Projection r = new Projection(seed(i), 1, point);
      long half = 1L << (point.ring() - 1);
      long[] x = random.longs(point.size(), -half, half).toArray();
      double unit = Math.scalb(noise, fraction);
      long[] y = Arrays.stream(x).map(v -> v + Math.round(unit * random.nextGaussian())).toArray();
      differ += distance(r.bits(x), r.bits(y));
    }
    assertThat(differ / (double) (rounds * point.bits())).isBetween(0.6 * part, 1.1 * part);
  }

  @Test
  void refusesVectorsAndPointsThatDoNotFit() {
    Projection r = new Projection(seed(1), 0, point(64, false));
    assertThatThrownBy(() -> r.of(new long[63])).hasMessageContaining("63 values");
    assertThatThrownBy(() -> new Point("test", 5, 20, 8, 257, false))
        .hasMessageContaining("a spread of 257");
    assertThatThrownBy(() -> new Point("test", 0, 20, 8, 20, false)).hasMessageContaining("0 val");
    assertThatThrownBy(() -> new Point("test", 5, 12, 8, 20, false)).hasMessageContaining("2^12");
  }
}
