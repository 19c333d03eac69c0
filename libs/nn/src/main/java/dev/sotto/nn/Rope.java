package dev.sotto.nn;

/**
 * Rotary positions: at position p, the pair (x[i], x[i + headDim/2]) of a head turns by the angle
 * p·f[i]. The halves of a head are paired, not neighbours, as in Hugging Face's checkpoints.
 *
 * <p>f[i] = base^(−2i/headDim) (Su et al., arXiv 2104.09864), and for Llama 3.1 and later slowed
 * where a frequency makes few turns over the context it was first trained for. All in float64;
 * Transformers computes the same formulas in float32.
 */
public final class Rope {
  private final double[] frequencies; // [headDim/2], radians per token

  /** The rotation that {@code config} asks for. */
  public Rope(ModelConfig config) {
    frequencies = new double[config.headDim() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double plain = Math.pow(config.ropeBase(), -2.0 * i / config.headDim());
      ModelConfig.RopeScaling scaling = config.ropeScaling();
      frequencies[i] = scaling == null ? plain : scaled(plain, scaling);
    }
  }

  /** Pairs in a head: headDim/2. */
  public int pairs() {
    return frequencies.length;
  }

  /** Radians by which pair {@code i} of a head turns per token. */
  public double frequency(int i) {
    return frequencies[i];
  }

  /** cos(position·f). [headDim/2] */
  public double[] cosines(int position) {
    double[] c = new double[frequencies.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = Math.cos(position * frequencies[i]);
    }
    return c;
  }

  /** sin(position·f). [headDim/2] */
  public double[] sines(int position) {
    double[] s = new double[frequencies.length];
    for (int i = 0; i < s.length; i++) {
      s[i] = Math.sin(position * frequencies[i]);
    }
    return s;
  }

  /**
   * Turns one head in place: values[from … from + headDim).
   *
   * @param cosines of the head's position, as {@link #cosines} gives them
   * @param sines of the head's position
   */
  static void turn(double[] values, int from, double[] cosines, double[] sines) {
    int half = cosines.length;
    for (int i = 0; i < half; i++) {
      double a = values[from + i];
      double b = values[from + half + i];
      values[from + i] = a * cosines[i] - b * sines[i];
      values[from + half + i] = b * cosines[i] + a * sines[i];
    }
  }

  /**
   * Many turns over the original context: as it is. Few: slowed by the factor. Between: blended.
   */
  private static double scaled(double plain, ModelConfig.RopeScaling scaling) {
    double turns = scaling.originalContext() * plain / (2 * Math.PI);
    double blend =
        (turns - scaling.lowFrequency()) / (scaling.highFrequency() - scaling.lowFrequency());
    double kept = Math.clamp(blend, 0.0, 1.0);
    return kept * plain + (1 - kept) * plain / scaling.factor();
  }
}
