package dev.sotto.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds that exactness rests on, reached. */
@ParameterizedClass
@MethodSource("dev.sotto.ring.Devices#all")
class LimbsTest {
  private static final long SEED = 0x5077_0009L;

  /** Words whose limbs lie at their bounds, and at the edges of rounding. */
  private static final long[] EDGES = {
    0,
    1,
    -1,
    Long.MIN_VALUE,
    Long.MAX_VALUE,
    1L << 21,
    (1L << 21) - 1,
    -(1L << 21),
    -(1L << 21) - 1,
    1L << 42,
    (1L << 42) - 1,
    -(1L << 42),
    (1L << 42) | (1L << 21),
    3L << 42,
    0x5555_5555_5555_5555L,
    0xAAAA_AAAA_AAAA_AAAAL,
    Long.MAX_VALUE - (1L << 21) + 1,
    Long.MIN_VALUE + (1L << 21)
  };

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final NDManager manager;
  private final Limbs limbs;

  LimbsTest(Device device) {
    manager = Pytorch.manager("limbs", device);
    limbs = new Limbs(manager);
  }

  @Test
  void limbsAreWithinTheirBoundsAndGiveTheWordBack() {
    long[] words = random.longs(10_000).toArray();
    System.arraycopy(EDGES, 0, words, 0, EDGES.length);
    try (NDManager scope = manager.newSubManager()) {
      NDArray[] parts = limbs.split(scope.create(words, new Shape(words.length)));
      double[] low = parts[0].toDoubleArray();
      double[] middle = parts[1].toDoubleArray();
      double[] high = parts[2].toDoubleArray();
      for (int n = 0; n < words.length; n++) {
        assertThat(low[n]).isEqualTo(Math.rint(low[n])).isCloseTo(0, within(0x1p21));
        assertThat(middle[n]).isEqualTo(Math.rint(middle[n])).isCloseTo(0, within(0x1p20));
        assertThat(high[n]).isEqualTo(Math.rint(high[n])).isCloseTo(0, within(0x1p20));
        assertThat((long) low[n] + ((long) middle[n] << 22) + ((long) high[n] << 43))
            .as("word %d", n)
            .isEqualTo(words[n]);
      }
    }
  }

  /**
   * Every pair of edges along a whole piece and a bit more: the largest sums there are, and odd at
   * the end of each row, so that they need every bit of a double.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, Limbs.PIECE - 1, Limbs.PIECE, Limbs.PIECE + 1, 3 * Limbs.PIECE + 5})
  void sumsAtTheBoundAreExact(int inner) {
    int n = EDGES.length;
    long[] a = new long[n * inner];
    for (int e = 0; e < n; e++) {
      Arrays.fill(a, e * inner, (e + 1) * inner, EDGES[e]);
      a[(e + 1) * inner - 1] = 2L * e + 1;
    }
    long[] expected = new long[n * n];
    for (int r = 0; r < n; r++) {
      for (int c = 0; c < n; c++) {
        expected[r * n + c] = (inner - 1) * EDGES[r] * EDGES[c] + (2L * r + 1) * (2L * c + 1);
      }
    }
    assertThat(product(a, a, n, inner, n)).isEqualTo(expected);
  }

  /** A double no longer holds a sum of one more product than a piece has. */
  @Test
  void aPieceIsAsLongAsItMayBe() {
    double largest = 0x1p21 * 0x1p21;
    assertThat(Limbs.PIECE * largest).isEqualTo(0x1p53);
    assertThat((long) (Limbs.PIECE * largest + 1)).isNotEqualTo((long) 0x1p53 + 1);
  }

  @Test
  void randomWordsOfManySizes() {
    for (int inner : new int[] {1, 31, 2047, 2048, 2049, 4096, 5001}) {
      for (int rows : new int[] {1, 7}) {
        int cols = 1 + random.nextInt(40);
        long[] a = random.longs((long) rows * inner).toArray();
        long[] b = random.longs((long) cols * inner).toArray();
        long[] expected = new long[rows * cols];
        new ScalarKernels()
            .multiplyTransposed(a, 0, inner, rows, inner, b, 0, inner, cols, expected, 0, cols);
        assertThat(product(a, b, rows, inner, cols))
            .as("%d × %d × %d", rows, inner, cols)
            .isEqualTo(expected);
      }
    }
  }

  /** A left operand serves many products, whose results must not gather at its manager. */
  @Test
  void nothingIsLeftBehind() {
    int before = manager.getManagedArrays().size();
    try (NDManager lefts = manager.newSubManager()) {
      NDArray words = lefts.create(random.longs(64).toArray(), new Shape(8, 8));
      NDArray[] left = limbs.left(lefts, words);
      NDArray[] right = limbs.right(lefts, words);
      int operands = manager.getManagedArrays().size();
      try (NDManager scope = lefts.newSubManager()) {
        assertThat(limbs.product(scope, left, right).getManager()).isSameAs(scope);
      }
      assertThat(manager.getManagedArrays()).hasSize(operands);
    }
    assertThat(manager.getManagedArrays()).hasSize(before);
  }

  /** a · bᵀ. */
  private long[] product(long[] a, long[] b, int rows, int inner, int cols) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray[] left = limbs.left(scope, scope.create(a, new Shape(rows, inner)));
      NDArray[] right = limbs.right(scope, scope.create(b, new Shape(cols, inner)).transpose());
      return limbs.product(scope, left, right).toLongArray();
    }
  }
}
