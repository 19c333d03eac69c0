package dev.sotto.mpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.testing.KnownTable;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.VectorKernels;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretTableTest {
  /** Sums of rows that two pairs of vectors of bits choose; the second group is not full. */
  @ParameterizedTest
  @CsvSource({"4, 19", "4, 20", "1, 19", "1, 20"}) // one row alone is made of chosen ones, if whole
  void rowsAreDifferencesOfSums(int rows, int width) {
    int entries = 70;
    int stride = 3;
    KnownTable t = KnownTable.random("t", entries, width, 3);
    int[] entryOf = rows == 1 ? new int[] {69} : new int[] {0, 69, 33, 64};
    Random random = new Random(7);
    long[][] bits = new long[2][];
    long[][] other = new long[2][];
    for (int pair = 0; pair < 2; pair++) {
      bits[pair] = random.longs((long) rows * stride).toArray();
      other[pair] = bits[pair].clone();
      for (int r = 0; r < rows; r++) {
        other[pair][r * stride + entryOf[r] / 64] ^= 1L << entryOf[r];
      }
    }
    Kernels k = new VectorKernels();
    int[][] first = t.of(Role.EVALUATOR_0).sums(k, bits[0], new long[0], stride, rows);
    int[][] second = t.of(Role.EVALUATOR_1).sums(k, other[0], bits[1], stride, rows);
    int[][] dealer = t.of(Role.DEALER).sums(k, other[0], other[1], stride, rows);
    assertThat(first).hasNumberOfRows(1);
    for (int r = 0; r < rows; r++) {
      int[] sign = new int[2];
      for (int pair = 0; pair < 2; pair++) {
        sign[pair] = (bits[pair][r * stride + entryOf[r] / 64] >>> entryOf[r] & 1) == 1 ? 1 : -1;
      }
      for (int i = 0; i < width; i++) {
        int at = r * width + i;
        int padded = first[0][at] - second[0][at] + dealer[0][at];
        int pad = second[1][at] - dealer[1][at];
        assertThat(sign[0] * padded - sign[1] * pad).isEqualTo(t.at(entryOf[r], i));
      }
    }
  }

  @Test
  void partsOfAnotherRoleAreRefused() {
    assertThatThrownBy(() -> new SecretTable("t", 1, 1, 1, Role.DEALER, null, new byte[16], null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not belong");
  }
}
