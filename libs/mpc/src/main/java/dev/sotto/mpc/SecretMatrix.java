package dev.sotto.mpc;

import dev.sotto.ring.Kernels;

/**
 * What one role holds of a publisher's matrix W, [inner, cols] in panels of columns: m_W = W + P0 +
 * P1 is known to both evaluators, P0 to the dealer and evaluator-0, P1 to the dealer and
 * evaluator-1. P_b is a stream of seed w_b, addressed by (matrix id, panel).
 *
 * <p>No single role learns anything of W: evaluator-0 sees it under P1, evaluator-1 under P0, the
 * dealer not at all. The mask is a fixed mask of a fixed value and may be used for ever. Words are
 * those of the ring that products with W need at least; see {@link WideMatrix}, {@link
 * NarrowMatrix} and {@link TableMatrix}. Not thread-safe; {@link #reader} gives another thread its
 * own.
 */
public sealed interface SecretMatrix permits WideMatrix, NarrowMatrix, TableMatrix {
  /** The same matrix for another thread. */
  SecretMatrix reader();

  /** What it is called. */
  String name();

  /** Rows. */
  int inner();

  /** Columns. */
  int cols();

  /** Columns rounded up to whole panels: the row stride of products. */
  int stride();

  /** Bits of its words: products are exact in rings of at most as many. */
  int ring();

  /**
   * m · W̃_b, with W̃_0 = m_W − P0 and W̃_1 = −P1. m: [rows, inner] → [rows, stride], of which the
   * lower {@link #ring} bits count. Evaluators.
   */
  long[] timesOnline(Kernels kernels, long[] m, int rows);

  /**
   * The product of a mask with what this role knows of W's mask: λ·m_W at an evaluator, λ·(P0 + P1)
   * at the dealer. [rows, inner] → [rows, stride], of which the lower {@link #ring} bits count.
   * Reads the whole matrix once for any number of rows.
   */
  long[] timesMask(Kernels kernels, long[] lambda, int rows);
}
