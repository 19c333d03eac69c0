package dev.sotto.ring;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Exact products mod 2^64 from float64 products, on whatever device a manager is for.
 *
 * <p>A word is w = l0 + 2^22·l1 + 2^43·l2 mod 2^64 with |l0| ≤ 2^21, |l1| ≤ 2^20, |l2| ≤ 2^20. Of
 * the nine products of limbs, those of (1,2), (2,1) and (2,2) are multiples of 2^64; six are left.
 * None exceeds 2^42, so the sum of {@value #PIECE} of them does not exceed 2^53: every intermediate
 * sum is an integer that a double holds, and neither order nor fused multiplication changes a bit.
 * Longer inner sizes are cut into pieces of at most that, whose sums are added as 64-bit integers,
 * which wrap. Why three limbs, and not four of 16 bits, is in ADR 9.
 *
 * <p>Limb j of the right operand is multiplied once, by all limbs i ≤ 2 − j of the left one
 * stacked, so that the larger operand is read three times a product and no more.
 *
 * <p>What is made belongs to the manager of the words or to the scope that is given, and is
 * released with it.
 */
final class Limbs {
  /** The longest inner size whose sums are exact. */
  static final int PIECE = 1 << 11;

  /** Limbs of a word. */
  static final int COUNT = 3;

  private static final int[] SHIFT = {0, 22, 43};
  private static final long BASE = 1L << 22;
  private static final double MIDDLE = 1L << 21;

  private final NDArray half;
  private final NDArray base;
  private final NDArray down;
  private final NDArray middleDown;
  private final NDArray middleUp;
  private final NDArray[] weights = new NDArray[COUNT];

  /** Puts constants on the manager's device, where they stay as long as the manager. */
  Limbs(NDManager manager) {
    half = manager.create(BASE / 2);
    base = manager.create(BASE);
    down = manager.create(1.0 / BASE);
    middleDown = manager.create(1 / MIDDLE);
    middleUp = manager.create(MIDDLE);
    for (int j = 0; j < COUNT; j++) {
      long[] powers = new long[COUNT - j];
      for (int i = 0; i < powers.length; i++) {
        powers[i] = 1L << (SHIFT[i] + SHIFT[j]);
      }
      weights[j] = manager.create(powers, new Shape(powers.length, 1, 1));
    }
  }

  /** Pieces that an inner size is cut into. */
  static int pieces(int inner) {
    return (inner + PIECE - 1) / PIECE;
  }

  /** The limbs of words of any shape, as float64; the words are not written to. */
  NDArray[] split(NDArray words) {
    NDArray low = words.add(half).modi(base).subi(half); // the remainder is never negative
    NDArray rest = words.sub(low).toType(DataType.FLOAT64, false).muli(down); // 42 bits, exact
    NDArray high = rest.mul(middleDown).round();
    NDArray middle = rest.subi(high.mul(middleUp));
    return new NDArray[] {low.toType(DataType.FLOAT64, false), middle, high};
  }

  /**
   * A right operand's limbs, each [pieces, piece, cols].
   *
   * @param words [inner, cols], int64
   */
  NDArray[] right(NDManager scope, NDArray words) {
    long inner = words.getShape().get(0);
    long cols = words.getShape().get(1);
    int pieces = pieces(Math.toIntExact(inner));
    long piece = (inner + pieces - 1) / pieces;
    NDArray padded = padded(scope, words, 0, pieces * piece - inner);
    return split(padded.reshape(pieces, piece, cols));
  }

  /**
   * A left operand's limbs: element j holds limbs 0 … 2 − j, one below the other, [pieces, (3 − j)
   * · rows, piece].
   *
   * @param words [rows, inner], int64
   */
  NDArray[] left(NDManager scope, NDArray words) {
    long rows = words.getShape().get(0);
    long inner = words.getShape().get(1);
    int pieces = pieces(Math.toIntExact(inner));
    long piece = (inner + pieces - 1) / pieces;
    NDArray padded = padded(scope, words, 1, pieces * piece - inner);
    NDArray[] limbs = split(padded.reshape(rows, pieces, piece).transpose(1, 0, 2));
    NDArray[] stacked = new NDArray[COUNT];
    for (int j = 0; j < COUNT; j++) {
      NDList kept = new NDList();
      for (int i = 0; i < COUNT - j; i++) {
        kept.add(limbs[i]);
      }
      stacked[j] = NDArrays.concat(kept, 1);
    }
    return stacked;
  }

  private static NDArray padded(NDManager scope, NDArray words, int axis, long missing) {
    if (missing == 0) {
      return words;
    }
    Shape shape =
        axis == 0
            ? new Shape(missing, words.getShape().get(1))
            : new Shape(words.getShape().get(0), missing);
    return words.concat(scope.zeros(shape, DataType.INT64), axis);
  }

  /**
   * The product, [rows, cols], int64.
   *
   * @param scope whose manager everything made here goes to
   * @param left as {@link #left} gives it
   * @param right as {@link #right} gives it, of the same inner size
   */
  NDArray product(NDManager scope, NDArray[] left, NDArray[] right) {
    NDArray total = sums(scope, left[0], right[0], 0);
    for (int j = 1; j < COUNT; j++) {
      total.addi(sums(scope, left[j], right[j], j));
    }
    return total;
  }

  /** What limb j of the right operand contributes: every limb of the left, at its weight. */
  private NDArray sums(NDManager scope, NDArray left, NDArray right, int j) {
    NDArray products = left.matMul(right); // [pieces, (3 − j) · rows, cols]
    products.attach(scope); // it went to the left operand's manager
    long rows = left.getShape().get(1) / (COUNT - j);
    long cols = right.getShape().get(2);
    return products
        .toType(DataType.INT64, false)
        .sum(new int[] {0})
        .reshape(COUNT - j, rows, cols)
        .mul(weights[j])
        .sum(new int[] {0});
  }
}
