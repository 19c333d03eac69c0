package dev.sotto.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * A Llama by the book, float64, one loop per sum, no cache, separate projections: an independent
 * second opinion. Shares no code with what it checks.
 */
final class NaiveLlama {
  private final ModelConfig c;
  private final RandomWeights w;
  final List<double[]> scores = new ArrayList<>(); // every row of scores, natural units
  final List<Double> gates = new ArrayList<>();

  NaiveLlama(ModelConfig config, RandomWeights weights) {
    c = config;
    w = weights;
  }

  /** [tokens] → [tokens][vocab] */
  double[][] logits(int[] tokens) {
    double[][] h = new double[tokens.length][c.hidden()];
    for (int t = 0; t < tokens.length; t++) {
      for (int i = 0; i < c.hidden(); i++) {
        h[t][i] = w.tensor("model.embed_tokens.weight")[tokens[t]][i];
      }
    }
    for (int layer = 0; layer < c.layers(); layer++) {
      String p = "model.layers." + layer;
      double[][] n = norm(h, p + ".input_layernorm.weight");
      double[][] q = rope(times(n, p + ".self_attn.q_proj.weight"), c.heads());
      double[][] k = rope(times(n, p + ".self_attn.k_proj.weight"), c.kvHeads());
      double[][] v = times(n, p + ".self_attn.v_proj.weight");
      h = plus(h, times(attention(q, k, v), p + ".self_attn.o_proj.weight"));
      n = norm(h, p + ".post_attention_layernorm.weight");
      double[][] gate = times(n, p + ".mlp.gate_proj.weight");
      double[][] up = times(n, p + ".mlp.up_proj.weight");
      for (int t = 0; t < tokens.length; t++) {
        for (int i = 0; i < c.ffn(); i++) {
          gates.add(gate[t][i]);
          gate[t][i] = gate[t][i] * (1 / (1 + Math.exp(-gate[t][i]))) * up[t][i];
        }
      }
      h = plus(h, times(gate, p + ".mlp.down_proj.weight"));
    }
    String head = c.tiedEmbedding() ? "model.embed_tokens.weight" : "lm_head.weight";
    return times(norm(h, "model.norm.weight"), head);
  }

  private double[][] norm(double[][] h, String name) {
    double[][] out = new double[h.length][c.hidden()];
    for (int t = 0; t < h.length; t++) {
      double mean = 0;
      for (double x : h[t]) {
        mean += x * x / c.hidden();
      }
      for (int i = 0; i < c.hidden(); i++) {
        out[t][i] = h[t][i] / Math.sqrt(mean + c.normEpsilon()) * w.tensor(name)[0][i];
      }
    }
    return out;
  }

  private double[][] times(double[][] x, String name) {
    float[][] m = w.tensor(name);
    double[][] y = new double[x.length][m.length];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < m.length; o++) {
        for (int i = 0; i < m[o].length; i++) {
          y[t][o] += x[t][i] * m[o][i];
        }
      }
    }
    return y;
  }

  private static double[][] plus(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][a[0].length];
    for (int t = 0; t < a.length; t++) {
      for (int i = 0; i < a[t].length; i++) {
        sum[t][i] = a[t][i] + b[t][i];
      }
    }
    return sum;
  }

  /** By complex numbers: (a + ib)·e^{iφ}. */
  private double[][] rope(double[][] x, int heads) {
    double[][] out = new double[x.length][x[0].length];
    int half = c.headDim() / 2;
    for (int t = 0; t < x.length; t++) {
      for (int head = 0; head < heads; head++) {
        for (int i = 0; i < half; i++) {
          double phi = t * frequency(c, i);
          int re = head * c.headDim() + i;
          int im = re + half;
          out[t][re] = x[t][re] * Math.cos(phi) - x[t][im] * Math.sin(phi);
          out[t][im] = x[t][re] * Math.sin(phi) + x[t][im] * Math.cos(phi);
        }
      }
    }
    return out;
  }

  /** By wavelengths, as Llama 3.1's release notes put it. */
  static double frequency(ModelConfig c, int i) {
    double f = 1 / Math.pow(c.ropeBase(), 2.0 * i / c.headDim());
    ModelConfig.RopeScaling s = c.ropeScaling();
    if (s == null) {
      return f;
    }
    double wavelength = 2 * Math.PI / f;
    double lowWavelength = s.originalContext() / s.lowFrequency();
    double highWavelength = s.originalContext() / s.highFrequency();
    if (wavelength < highWavelength) {
      return f;
    }
    if (wavelength > lowWavelength) {
      return f / s.factor();
    }
    double smooth =
        (s.originalContext() / wavelength - s.lowFrequency())
            / (s.highFrequency() - s.lowFrequency());
    return (1 - smooth) * f / s.factor() + smooth * f;
  }

  private double[][] attention(double[][] q, double[][] k, double[][] v) {
    double[][] out = new double[q.length][c.heads() * c.headDim()];
    for (int t = 0; t < q.length; t++) {
      for (int head = 0; head < c.heads(); head++) {
        int kv = head * c.kvHeads() / c.heads();
        double[] row = new double[t + 1];
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          for (int d = 0; d < c.headDim(); d++) {
            row[s] += q[t][head * c.headDim() + d] * k[s][kv * c.headDim() + d];
          }
          row[s] /= Math.sqrt(c.headDim());
          sum += Math.exp(row[s]);
        }
        scores.add(row);
        for (int s = 0; s <= t; s++) {
          for (int d = 0; d < c.headDim(); d++) {
            out[t][head * c.headDim() + d] += Math.exp(row[s]) / sum * v[s][kv * c.headDim() + d];
          }
        }
      }
    }
    return out;
  }
}
