package dev.sotto.node.compute;

import dev.sotto.models.shard.MatrixForm;
import dev.sotto.models.shard.ModelMatrices;
import dev.sotto.mpc.NarrowMatrix;
import dev.sotto.mpc.SecretMatrix;
import dev.sotto.mpc.TableMatrix;
import dev.sotto.mpc.WideMatrix;

/**
 * What a matrix is multiplied with where that is a norm's output: the ring of the product, and how
 * many fraction bits each factor brings to it. By fidelity on the real model, not by symmetry:
 * docs/adr/0014.
 *
 * @param ring of the wire and of the product
 * @param fraction bits of the wire's values
 * @param weightFraction bits of the weights
 */
record Factor(int ring, int fraction, int weightFraction) {
  /** In words of 64 bits. */
  static final Factor WIDE = new Factor(40, 14, MatrixForm.PANELS.fractionBits());

  /** In words of 32 bits. */
  static final Factor NARROW =
      new Factor(Integer.SIZE, 10, MatrixForm.NARROW_PANELS.fractionBits());

  /** With a table that tokens are looked up in, too. */
  static final Factor TABLE = new Factor(Integer.SIZE, 9, MatrixForm.COLUMNS.fractionBits());

  static Factor of(SecretMatrix w) {
    return switch (w) {
      case WideMatrix _ -> WIDE;
      case NarrowMatrix _ -> NARROW;
      case TableMatrix _ -> TABLE;
    };
  }

  /** Of the matrix behind a block's norm; the dealer, too, has all matrices of its stage. */
  static Factor ofNorm(String norm, StageWeights weights) {
    String block = norm.substring(0, norm.indexOf('/') + 1);
    return of(weights.matrix(block + (norm.endsWith("norm1") ? "qkv" : "gate_up")));
  }

  /** Fraction bits that ups have beyond their product's, by its ring. */
  static int upFraction(int ring) {
    return ring == NARROW.ring ? Integer.numberOfTrailingZeros(ModelMatrices.NARROW_UP_SCALE) : 0;
  }
}
