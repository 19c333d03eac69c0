package dev.sotto.models.shard;

import dev.sotto.models.ClearWeights;
import dev.sotto.models.TensorSource;
import dev.sotto.nn.ColumnBounds;
import dev.sotto.nn.ModelConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The same model with feed-forward channels of equal reach: silu(gate)·up·W_down is the same where
 * a column of up is divided by a power of two and the row of W_down behind it multiplied by it, to
 * the last bit of the weights (Nagel et al. 2019, arXiv 1906.04721, section 4.1, scale such
 * channels to their geometric mean). A few channels carry what a model has of massive activations;
 * divided, no up can leave ±{@value #REACH}, whatever the prompt: it is at most √hidden·‖γ∘w‖, see
 * {@link ColumnBounds}.
 *
 * <p>The scales are as secret as the weights: they are in no header and no calibration.
 */
public final class BalancedTensors implements TensorSource {
  /** What an up may reach. */
  public static final int REACH = 63;

  private static final String UP = ".mlp.up_proj.weight";
  private static final String DOWN = ".mlp.down_proj.weight";
  private static final String GAIN = ".post_attention_layernorm.weight";

  private final TensorSource source;
  private final Map<String, float[]> divisors = new HashMap<>(); // by layer; powers of two

  /** The balanced model of a source, which it closes. */
  public BalancedTensors(TensorSource source) {
    this.source = source;
  }

  @Override
  public void read(String name, int row, int count, float[] out) {
    source.read(name, row, count, out);
    if (name.endsWith(UP)) {
      float[] divisor = divisors(name.substring(0, name.length() - UP.length()));
      int columns = source.columns(name);
      for (int r = 0; r < count; r++) {
        for (int i = r * columns; i < (r + 1) * columns; i++) {
          out[i] /= divisor[row + r];
        }
      }
    } else if (name.endsWith(DOWN)) {
      float[] divisor = divisors(name.substring(0, name.length() - DOWN.length()));
      for (int i = 0; i < count * divisor.length; i++) {
        out[i] *= divisor[i % divisor.length];
      }
    }
  }

  private float[] divisors(String layer) {
    return divisors.computeIfAbsent(layer, this::compute);
  }

  private float[] compute(String layer) {
    String up = layer + UP;
    int hidden = source.columns(up);
    float[] divisor = new float[source.rows(up)];
    float[] gain = new float[hidden];
    source.read(layer + GAIN, 0, 1, gain);
    double[] lengths = ColumnBounds.lengths(new ClearWeights(source), up, divisor.length, gain);
    for (int c = 0; c < divisor.length; c++) {
      double over = Math.sqrt(hidden) * lengths[c] / REACH;
      // a weight that is no number is the cutter's to refuse
      divisor[c] = over > 1 ? Math.scalb(1f, Math.getExponent(over) + 1) : 1;
    }
    return divisor;
  }

  @Override
  public ModelConfig config() {
    return source.config();
  }

  @Override
  public Set<String> names() {
    return source.names();
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
  public String digest() {
    return source.digest();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
