package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.VectorKernels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerNormTest {
  @ParameterizedTest
  @ValueSource(ints = {64, 100, 576, 768, 1023, 4096})
  void equalsTheClearOverItsDomain(int hidden) {
    double epsilon = 1e-5;
    LayerNorm.Shape shape = LayerNorm.Shape.of(hidden, epsilon);
    int rows = 12;
    Random random = new Random(hidden);
    double[] h = new double[rows * hidden];
    double low = Math.log(shape.lowest() * 2) / Math.log(2) / 2;
    double high = Math.log(shape.highest() / 1.1) / Math.log(2) / 2;
    for (int r = 0; r < rows; r++) {
      double[] row = random.doubles(hidden, -1, 1).toArray();
      double mean = Arrays.stream(row).average().orElseThrow();
      double root = Math.sqrt(Arrays.stream(row).map(x -> (x - mean) * (x - mean)).sum() / hidden);
      double scale = Math.pow(2, low + (high - low) * r / (rows - 1));
      double shift = (r % 3 - 1) * Math.min(100_000, 300 * scale); // means far from zero, too
      for (int i = 0; i < hidden; i++) {
        h[r * hidden + i] = (row[i] - mean) / root * scale + shift;
      }
    }
    long[] words = Three.fixed(h, 30);
    Three three = new Three(6, new VectorKernels());
    Claim[] claim = new Claim[1];
    double[] got =
        Three.real(
            Three.opened(
                three.run(
                    at -> {
                      LayerNorm p = new LayerNorm(Three.input(at, words, 49, 30, 5), rows, shape);
                      if (at.first()) {
                        claim[0] = p.claim();
                      }
                      Wire n = p.run(at.in("p"));
                      return n;
                    })),
            14);
    three.assertCounted(claim[0]);
    assertThat(claim[0].rounds()).isEqualTo(6);
    for (int r = 0; r < rows; r++) {
      double[] row = Arrays.copyOfRange(h, r * hidden, (r + 1) * hidden);
      double mean = Arrays.stream(row).average().orElseThrow();
      double variance = Arrays.stream(row).map(x -> (x - mean) * (x - mean)).sum() / hidden;
      double root = Math.sqrt(variance + epsilon);
      double unit = 3 * Math.scalb(1.0, -shape.centred().fraction()) / root + 2 * 0x1p-14;
      for (int i = 0; i < hidden; i++) {
        double want = (row[i] - mean) / root;
        assertThat(Math.abs(got[r * hidden + i] - want))
            .as("row " + r)
            .isLessThan(unit + (6e-4 + 2 * root * 0x1p-21) * Math.abs(want));
      }
    }
  }
}
