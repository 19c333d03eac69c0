package dev.sotto.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products at awkward sizes: panels, rows and tokens that do not come out even. */
final class MatrixTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 0",
    "1, 3, 255, 1",
    "2, 4, 256, 100",
    "3, 17, 257, 16",
    "63, 16, 300, 299",
    "64, 31, 513, 256",
    "65, 33, 40, 20",
    "130, 5, 1000, 999"
  })
  void multiplies(int tokens, int inner, int outer, int secondPart) {
    Random random = new Random(tokens * 31L + outer);
    float[][] stored = new float[outer][inner];
    for (float[] row : stored) {
      for (int i = 0; i < inner; i++) {
        row[i] = random.nextFloat() - 0.5f;
      }
    }
    double[] x = random.doubles((long) tokens * inner, -1, 1).toArray();
    Matrix matrix = Matrix.read(new TwoParts(stored, secondPart), inner, parts(outer, secondPart));

    ClearTensor y = matrix.multiply(new ClearTensor(tokens, inner, x));

    for (int t = 0; t < tokens; t++) {
      for (int o = 0; o < outer; o++) {
        double sum = 0;
        for (int i = 0; i < inner; i++) {
          sum += x[t * inner + i] * stored[o][i];
        }
        assertThat(y.at(t, o)).isCloseTo(sum, within(1e-13));
      }
      double[] alone = Arrays.copyOfRange(x, t * inner, (t + 1) * inner);
      assertThat(matrix.multiply(new ClearTensor(1, inner, alone)).values())
          .isEqualTo(Arrays.copyOfRange(y.values(), t * outer, (t + 1) * outer));
    }
    double[] row = new double[inner + 1];
    matrix.copyRow(outer - 1, row, 1);
    for (int i = 0; i < inner; i++) {
      assertThat(row[1 + i]).isEqualTo(stored[outer - 1][i]);
    }
  }

  private static List<Matrix.Part> parts(int outer, int second) {
    return second == 0
        ? List.of(new Matrix.Part("first", outer))
        : List.of(new Matrix.Part("first", outer - second), new Matrix.Part("second", second));
  }

  private static final class TwoParts implements Weights {
    private final float[][] stored;
    private final int second;

    TwoParts(float[][] stored, int second) {
      this.stored = stored;
      this.second = second;
    }

    @Override
    public int rows(String name) {
      return name.equals("first") ? stored.length - second : second;
    }

    @Override
    public int columns(String name) {
      return stored[0].length;
    }

    @Override
    public void read(String name, int row, int count, float[] out) {
      int from = name.equals("first") ? row : stored.length - second + row;
      for (int r = 0; r < count; r++) {
        System.arraycopy(stored[from + r], 0, out, r * stored[0].length, stored[0].length);
      }
    }
  }
}
