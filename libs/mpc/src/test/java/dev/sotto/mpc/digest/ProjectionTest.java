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
    return new Point("test", size, 40, 256, 30, centred);
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
      assertThat(got[row]).isEqualTo(want & Words.mask(40));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 301})
  void centredRowsLeaveOutWhatAllValuesHaveInCommon(int size) {
    Projection r = new Projection(seed(size), 0, point(size, true));
    for (long[] row : matrix(r)) {
      assertThat(Arrays.stream(row).sum()).isZero();
      assertThat(Arrays.stream(row).filter(s -> s == 0).count()).isEqualTo(size & 1);
      assertThat(Arrays.stream(row).allMatch(s -> s == 0 || Math.abs(s) == 1)).isTrue();
    }
    long[] x = new Random(size).longs(size).toArray();
    long[] moved = Arrays.stream(x).map(v -> v + 12345).toArray();
    assertThat(r.of(moved)).isEqualTo(r.of(x));
  }

  /** Balancing must not prefer places: over many rows every place has a mean of zero. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noPlaceIsPreferred(boolean centred) {
    Point point = new Point("test", 37, 40, 8192, 30, centred);
    long[][] rows = matrix(new Projection(seed(5), 1, point));
    double deviation = 1 / Math.sqrt(rows.length);
    for (int i = 0; i < 37; i++) {
      int column = i;
      double mean = Arrays.stream(rows).mapToLong(row -> row[column]).sum() / 8192.0;
      assertThat(mean).as("place %d", i).isCloseTo(0, within(5 * deviation));
      double withNext =
          Arrays.stream(rows).mapToLong(row -> row[column] * row[(column + 1) % 37]).sum() / 8192.0;
      assertThat(withNext).isCloseTo(centred ? -1 / 37.0 : 0, within(5 * deviation));
    }
  }

  @Test
  void anotherSeedStepOrPointHasOtherSigns() {
    Point point = point(64, false);
    Point other = new Point("other", 64, 40, 256, 30, false);
    long[] x = new Random(1).longs(64).toArray();
    long[] first = new Projection(seed(1), 0, point).of(x);
    assertThat(new Projection(seed(1), 0, point).of(x)).isEqualTo(first);
    assertThat(new Projection(seed(2), 0, point).of(x)).isNotEqualTo(first);
    assertThat(new Projection(seed(1), 1, point).of(x)).isNotEqualTo(first);
    assertThat(new Projection(seed(1), 0, other).of(x)).isNotEqualTo(first);
  }

  /** 2|d| / 2^period, the whole reason for a digest. */
  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.01, 0.05, 0.2})
  void distancesOfDigestsAreDistancesOfVectors(double fraction) {
    Point point = new Point("test", 2048, 40, 4096, 22, true);
    Projection r = new Projection(seed(9), 1, point);
    Random random = new Random(8);
    double unit = Math.scalb(fraction, 22) / Math.sqrt(2048);
    long[] x = random.longs(2048, -1 << 20, 1 << 20).toArray();
    long[] y = Arrays.stream(x).map(v -> v + Math.round(unit * random.nextGaussian())).toArray();
    long[] a = r.bits(x);
    long[] b = r.bits(y);
    int differ = 0;
    for (int i = 0; i < a.length; i++) {
      differ += a[i] == b[i] ? 0 : 1;
    }
    double want = 4096 * 2 * fraction * Math.sqrt(2 / Math.PI);
    assertThat(differ).isCloseTo((int) want, within((int) (6 * Math.sqrt(want) + 0.06 * want)));
  }

  @Test
  void refusesVectorsAndPointsThatDoNotFit() {
    Projection r = new Projection(seed(1), 0, point(64, false));
    assertThatThrownBy(() -> r.of(new long[63])).hasMessageContaining("63 values");
    assertThatThrownBy(() -> new Point("test", 5, 20, 8, 21, false))
        .hasMessageContaining("period 2^21");
    assertThatThrownBy(() -> new Point("test", 0, 20, 8, 20, false)).hasMessageContaining("0 val");
  }
}
