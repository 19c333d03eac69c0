package dev.sotto.models.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sotto.models.Golden;
import dev.sotto.models.Smollm;
import dev.sotto.models.TensorSource;
import dev.sotto.nn.ModelConfig;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The shortest forward pass that can be written, on the real weights: it fails if names, layouts,
 * quantisation or the order of rotary rows were read wrongly. The library's own arithmetic is
 * tested elsewhere.
 */
class ForwardTest {
  @Test
  void theRealModelsFirstTokenHasItsGoldenLogits() {
    Golden golden = Golden.all().getFirst();
    try (GgufModel model = GgufModel.open(Smollm.file())) {
      double[] logits = logits(model, golden.promptIds());
      for (int i = 0; i < 3; i++) {
        int id = golden.top3Ids().getFirst().get(i);
        assertThat(logits[id]).isCloseTo(golden.top3Logits().getFirst().get(i), within(0.01));
      }
    }
  }

  private static double[] logits(TensorSource model, List<Integer> ids) {
    ModelConfig c = model.config();
    int n = ids.size();
    double[][] h = new double[n][]; // [tokens, hidden]
    for (int t = 0; t < n; t++) {
      h[t] = row(model, "model.embed_tokens.weight", ids.get(t));
    }
    for (int layer = 0; layer < c.layers(); layer++) {
      String at = "model.layers." + layer + ".";
      double[][] x = norm(h, row(model, at + "input_layernorm.weight", 0), c.normEpsilon());
      double[][] q = rotated(times(model, at + "self_attn.q_proj.weight", x), c);
      double[][] k = rotated(times(model, at + "self_attn.k_proj.weight", x), c);
      double[][] v = times(model, at + "self_attn.v_proj.weight", x);
      add(h, times(model, at + "self_attn.o_proj.weight", attended(q, k, v, c)));
      x = norm(h, row(model, at + "post_attention_layernorm.weight", 0), c.normEpsilon());
      double[][] gate = times(model, at + "mlp.gate_proj.weight", x);
      double[][] up = times(model, at + "mlp.up_proj.weight", x);
      for (int t = 0; t < n; t++) {
        for (int i = 0; i < c.ffn(); i++) {
          gate[t][i] *= up[t][i] / (1 + Math.exp(-gate[t][i]));
        }
      }
      add(h, times(model, at + "mlp.down_proj.weight", gate));
    }
    double[][] last =
        norm(new double[][] {h[n - 1]}, row(model, "model.norm.weight", 0), c.normEpsilon());
    return times(model, "model.embed_tokens.weight", last)[0];
  }

  private static double[] row(TensorSource model, String name, int row) {
    float[] out = new float[model.columns(name)];
    model.read(name, row, 1, out);
    return IntStream.range(0, out.length).mapToDouble(i -> out[i]).toArray();
  }

  private static double[][] norm(double[][] h, double[] gamma, double epsilon) {
    double[][] out = new double[h.length][gamma.length];
    for (int t = 0; t < h.length; t++) {
      double square = 0;
      for (double d : h[t]) {
        square += d * d;
      }
      double scale = 1 / Math.sqrt(square / gamma.length + epsilon);
      for (int i = 0; i < gamma.length; i++) {
        out[t][i] = h[t][i] * scale * gamma[i];
      }
    }
    return out;
  }

  /** [tokens, inner] · [outer, inner]ᵀ → [tokens, outer] */
  private static double[][] times(TensorSource model, String name, double[][] x) {
    int outer = model.rows(name);
    int inner = model.columns(name);
    double[][] out = new double[x.length][outer];
    float[] w = new float[inner];
    for (int o = 0; o < outer; o++) {
      model.read(name, o, 1, w);
      for (int t = 0; t < x.length; t++) {
        // Four sums at once: one alone waits for its own last addition.
        double a = 0;
        double b = 0;
        double p = 0;
        double q = 0;
        for (int i = 0; i < inner; i += 4) {
          a += w[i] * x[t][i];
          b += w[i + 1] * x[t][i + 1];
          p += w[i + 2] * x[t][i + 2];
          q += w[i + 3] * x[t][i + 3];
        }
        out[t][o] = a + b + p + q;
      }
    }
    return out;
  }

  private static double[][] rotated(double[][] x, ModelConfig c) {
    int half = c.headDim() / 2;
    for (int t = 0; t < x.length; t++) {
      for (int head = 0; head < x[t].length; head += c.headDim()) {
        for (int j = 0; j < half; j++) {
          double angle = t * Math.pow(c.ropeBase(), -2.0 * j / c.headDim());
          double a = x[t][head + j];
          double b = x[t][head + half + j];
          x[t][head + j] = a * Math.cos(angle) - b * Math.sin(angle);
          x[t][head + half + j] = b * Math.cos(angle) + a * Math.sin(angle);
        }
      }
    }
    return x;
  }

  private static double[][] attended(double[][] q, double[][] k, double[][] v, ModelConfig c) {
    int d = c.headDim();
    double[][] out = new double[q.length][c.heads() * d];
    for (int t = 0; t < q.length; t++) {
      for (int head = 0; head < c.heads(); head++) {
        int kv = head / (c.heads() / c.kvHeads());
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          double score = 0;
          for (int i = 0; i < d; i++) {
            score += q[t][head * d + i] * k[s][kv * d + i];
          }
          double weight = Math.exp(score / Math.sqrt(d));
          sum += weight;
          for (int i = 0; i < d; i++) {
            out[t][head * d + i] += weight * v[s][kv * d + i];
          }
        }
        for (int i = 0; i < d; i++) {
          out[t][head * d + i] /= sum;
        }
      }
    }
    return out;
  }

  private static void add(double[][] h, double[][] more) {
    for (int t = 0; t < h.length; t++) {
      for (int i = 0; i < h[t].length; i++) {
        h[t][i] += more[t][i];
      }
    }
  }
}
