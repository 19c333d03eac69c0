package dev.sotto.models;

import dev.sotto.nn.ClearModel;
import dev.sotto.nn.Weights;

/**
 * A model file's weights as the clear model reads them. Errors are the source's, and name the
 * tensor.
 *
 * @param source open for as long as weights are read
 */
public record ClearWeights(TensorSource source) implements Weights {
  /** Reads all of {@code source} into a clear model; the source may be closed afterwards. */
  public static ClearModel load(TensorSource source) {
    return new ClearModel(source.config(), new ClearWeights(source));
  }

  @Override
  public int rows(String name) {
    return source.rows(name);
  }

  @Override
  public int columns(String name) {
    return source.columns(name);
  }

  @Override
  public void read(String name, int row, int count, float[] out) {
    source.read(name, row, count, out);
  }
}
