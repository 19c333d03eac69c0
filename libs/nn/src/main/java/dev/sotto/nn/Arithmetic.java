package dev.sotto.nn;

/**
 * All that a layer may ask for. Two implementations: the clear one, the oracle, and the shared one,
 * which computes the same on secret shares. {@code at} names a place of the model ({@code
 * block.3/norm1}); weights are known by it.
 *
 * @param <V> a value: rows of tokens; what else it is, its maker knows
 */
public interface Arithmetic<V> {
  /** γ · h / √(mean(h²) + ε), row by row. [tokens, hidden] → [tokens, hidden] */
  V rmsNorm(String at, V h);

  /** x · W. [tokens, inner] → [tokens, outer] */
  V linear(String at, V x);

  /**
   * Rotates the query and key heads of a joint projection; values stay. [tokens, (heads +
   * 2·kvHeads)·headDim] → same
   */
  V rope(String at, V qkv, Step step);

  /**
   * Appends the step's keys and values to the layer's cache and attends over it, causally:
   * softmax(q·kᵀ/√headDim)·v. [tokens, (heads + 2·kvHeads)·headDim] → [tokens, heads·headDim]
   */
  V attend(String at, V qkv, Step step);

  /** silu(gate) · up of a joint projection. [tokens, 2·ffn] → [tokens, ffn] */
  V siluTimesUp(String at, V gateUp);

  /** a + b. [tokens, hidden] */
  V add(V a, V b);

  /** The last row only. [tokens, hidden] → [1, hidden] */
  V lastRow(V h);
}
