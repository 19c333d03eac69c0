package dev.sotto.models.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BalancedTensorsTest {
  private static final int LOUD = 7; // a channel far beyond its reach, as massive activations are

  private final GeneratedModel model =
      new GeneratedModel(
          GeneratedModel.SMALL,
          (tensor, row, column) -> {
            float weight = GeneratedModel.scattered(3).at(tensor, row, column);
            return tensor.contains("up_proj") && row == LOUD ? 40 * weight : weight;
          });
  private final BalancedTensors balanced = new BalancedTensors(model);

  private static float[] read(dev.sotto.models.TensorSource source, String tensor) {
    float[] out = new float[source.rows(tensor) * source.columns(tensor)];
    int half = source.rows(tensor) / 2; // in two parts, as a cutter reads panels
    source.read(tensor, 0, half, out);
    float[] rest = new float[out.length - half * source.columns(tensor)];
    source.read(tensor, half, source.rows(tensor) - half, rest);
    System.arraycopy(rest, 0, out, half * source.columns(tensor), rest.length);
    return out;
  }

  @Test
  void noUpLeavesItsReachAndEveryChannelMultipliesAsBefore() {
    int hidden = model.config().hidden();
    int ffn = model.config().ffn();
    for (int layer = 0; layer < model.config().layers(); layer++) {
      String at = "model.layers." + layer;
      float[] gain = read(model, at + ".post_attention_layernorm.weight");
      float[] up = read(model, at + ".mlp.up_proj.weight");
      float[] down = read(model, at + ".mlp.down_proj.weight");
      float[] ups = read(balanced, at + ".mlp.up_proj.weight");
      float[] downs = read(balanced, at + ".mlp.down_proj.weight");
      double least = Double.MAX_VALUE;
      for (int c = 0; c < ffn; c++) {
        double squares = 0;
        for (int i = 0; i < hidden; i++) {
          double w = (double) ups[c * hidden + i] * gain[i];
          squares += w * w;
          float divisor = up[c * hidden] / ups[c * hidden];
          assertThat(ups[c * hidden + i] * divisor).isEqualTo(up[c * hidden + i]);
          assertThat(downs[i * ffn + c]).isEqualTo(down[i * ffn + c] * divisor);
          assertThat(divisor).isEqualTo(Math.scalb(1f, Math.getExponent(divisor)));
          assertThat(divisor).isGreaterThanOrEqualTo(c == LOUD ? 16 : 1);
        }
        double reach = Math.sqrt(hidden * squares);
        assertThat(reach).isLessThanOrEqualTo(BalancedTensors.REACH);
        least = Math.min(least, c == LOUD ? reach : least);
      }
      assertThat(least).isGreaterThan(BalancedTensors.REACH / 2.1); // no more than is needed
    }
  }

  @Test
  void allElseIsTheSource() {
    assertThat(balanced.names()).isEqualTo(model.names());
    assertThat(balanced.config()).isEqualTo(model.config());
    assertThat(balanced.digest()).isEqualTo(model.digest());
    for (String tensor : model.names()) {
      if (!tensor.contains("up_proj") && !tensor.contains("down_proj") && model.rows(tensor) > 1) {
        assertThat(read(balanced, tensor)).isEqualTo(read(model, tensor));
      }
    }
  }
}
