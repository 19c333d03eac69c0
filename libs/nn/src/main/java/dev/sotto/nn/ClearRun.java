package dev.sotto.nn;

/**
 * One sequence through a model in the clear: a prefill, then decode steps. One thread at a time.
 */
public final class ClearRun {
  private final ClearModel model;
  private final Arithmetic<ClearTensor> arithmetic;
  private final Decoder<ClearTensor> decoder;
  private int serial;
  private int position;

  ClearRun(ClearModel model, Arithmetic<ClearTensor> arithmetic) {
    this.model = model;
    this.arithmetic = arithmetic;
    this.decoder = new Decoder<>(0, model.config().layers());
  }

  /** Tokens fed so far. */
  public int position() {
    return position;
  }

  /**
   * Feeds tokens (a prompt, or the next one) and returns the last one's logits. [tokens] → [vocab]
   *
   * @throws IllegalArgumentException if there is no token, one is outside the vocabulary, or the
   *     context is exceeded; the run then stands where it stood
   */
  public float[] logits(int... tokens) {
    double[] last = ClearModel.head(arithmetic, arithmetic.lastRow(blocks(tokens))).values();
    float[] out = new float[last.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) last[i];
    }
    return out;
  }

  /**
   * Feeds tokens and returns the logits of each: teacher forcing. [tokens] → [tokens, vocab]
   *
   * @throws IllegalArgumentException as {@link #logits}
   */
  public ClearTensor eachLogits(int... tokens) {
    return ClearModel.head(arithmetic, blocks(tokens));
  }

  private ClearTensor blocks(int[] tokens) {
    ClearTensor h = model.embed(tokens); // [tokens, hidden]
    Step step = new Step(serial, position, tokens.length);
    model.loaded().requireRoom(step);
    h = decoder.blocks(arithmetic, h, step);
    serial++;
    position = step.length();
    return h;
  }
}
