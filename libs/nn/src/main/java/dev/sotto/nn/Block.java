package dev.sotto.nn;

/** One pre-norm decoder block of the Llama family. */
public final class Block<V> {
  private final String at;

  /** Block number {@code layer} of a model, counted over all stages. */
  public Block(int layer) {
    this.at = "block." + layer;
  }

  /** h ↦ the residual stream after this block. [tokens, hidden] → [tokens, hidden] */
  public V run(Arithmetic<V> a, V h, Step step) {
    V n = a.rmsNorm(at + "/norm1", h); // [tokens, hidden]
    V qkv =
        a.rope(
            at + "/rope", a.linear(at + "/qkv", n), step); // [tokens, (heads + 2·kvHeads)·headDim]
    h = a.add(h, a.linear(at + "/o", a.attend(at + "/attention", qkv, step)));
    n = a.rmsNorm(at + "/norm2", h);
    V d = a.siluTimesUp(at + "/silu", a.linear(at + "/gate_up", n)); // [tokens, ffn]
    return a.add(h, a.linear(at + "/down", d));
  }
}
