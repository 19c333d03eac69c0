package dev.sotto.nn;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The clear arithmetic over rows that are each the first token of a sequence of its own: at
 * position 0, attending to itself. Many first tokens pass a layer together that way.
 */
final class FirstTokens implements Arithmetic<ClearTensor> {
  private final LoadedWeights model;
  private final KeyValues.ScoreProbe probe;
  private final ClearArithmetic rows; // what it does row by row is the same for any sequence

  FirstTokens(LoadedWeights model, KeyValues.ScoreProbe probe) {
    this.model = model;
    this.probe = probe;
    this.rows = new ClearArithmetic(model, probe);
  }

  @Override
  public ClearTensor rmsNorm(String at, ClearTensor h) {
    return rows.rmsNorm(at, h);
  }

  @Override
  public ClearTensor linear(String at, ClearTensor x) {
    return rows.linear(at, x);
  }

  /** Position 0 turns nothing. */
  @Override
  public ClearTensor rope(String at, ClearTensor qkv, Step step) {
    return qkv;
  }

  @Override
  public ClearTensor attend(String at, ClearTensor qkv, Step step) {
    int width = model.config().queryWidth();
    ClearTensor out = ClearTensor.zeros(qkv.tokens(), width);
    IntStream.range(0, qkv.tokens())
        .parallel()
        .forEach(
            t -> {
              double[] row =
                  Arrays.copyOfRange(qkv.values(), t * qkv.width(), (t + 1) * qkv.width());
              KeyValues own = new KeyValues(model.config(), 1);
              ClearTensor one = new ClearTensor(1, qkv.width(), row);
              own.append(one);
              System.arraycopy(own.attend(one, probe).values(), 0, out.values(), t * width, width);
            });
    return out;
  }

  @Override
  public ClearTensor siluTimesUp(String at, ClearTensor gateUp) {
    return rows.siluTimesUp(at, gateUp);
  }

  @Override
  public ClearTensor add(ClearTensor a, ClearTensor b) {
    return rows.add(a, b);
  }

  @Override
  public ClearTensor lastRow(ClearTensor h) {
    return rows.lastRow(h);
  }
}
