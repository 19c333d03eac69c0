package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.Wire;
import dev.sotto.mpc.testing.Errors;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.VectorKernels;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every function over its whole stated domain and at its edges, with the errors it states. */
class DomainsTest {
  private static Three three(long seed) {
    return new Three(seed, new VectorKernels());
  }

  private static long[] every(long from, long to, long step) {
    return LongStream.iterate(from, x -> x < to, x -> x + step).toArray();
  }

  /** Integers near every multiple of {@code step}: where digits change. */
  private static long[] around(long from, long to, long step) {
    return LongStream.iterate(from, x -> x <= to, x -> x + step)
        .flatMap(x -> LongStream.rangeClosed(x - 3, x + 3))
        .filter(x -> x >= from && x < to)
        .toArray();
  }

  private static double[] activated(Activation f, long[] x) {
    return Three.real(
        Three.words(
            three(1)
                .run(
                    at ->
                        new Activate(at.in("g").open(Three.input(at, x, 22, 13, 5)), f)
                            .run(at.in("p")))),
        13);
  }

  private static Errors errors(Activation f, long[] x) {
    return Errors.absolute(activated(f, x), i -> f.of(Math.scalb((double) x[i], -13)));
  }

  @ParameterizedTest
  @CsvSource({"silu, 1.3e-3, 2.6e-4", "gelu, 1.8e-3, 2.6e-4", "gelu_tanh, 1.8e-3, 2.6e-4"})
  void activationsOverTheirDomain(Activation f, double most, double rms) {
    Errors near = errors(f, every(-16 << 13, 16 << 13, 7));
    assertThat(near.most()).isLessThan(most);
    assertThat(near.rms()).isLessThan(rms); // the reference for SiLU: 1.22e-3 and 2.7e-4
    assertThat(errors(f, every(-256 << 13, 252 << 13, 61)).most()).isLessThan(most);
    assertThat(errors(f, around(-256 << 13, 252 << 13, 1 << 15)).most()).isLessThan(most);
  }

  private static double[] octaves(Octaves f, long[] s, int ring, int fraction) {
    return Three.real(
        Three.words(
            three(2)
                .run(
                    at -> f.run(at.in("f"), Three.input(at, s, ring, 0, 6), at.in("o").opening()))),
        fraction);
  }

  /** Sums from 2^low to 2^high, evenly in the exponent, and what is next to powers of two. */
  private static long[] sums(double low, double high, int n) {
    long[] s =
        LongStream.range(0, n)
            .map(i -> unsigned(Math.pow(2, low + (high - low) * i / (n - 1))))
            .toArray();
    long[] edges =
        LongStream.range((long) Math.ceil(low) + 1, (long) high)
            .flatMap(b -> LongStream.rangeClosed((1L << b) - 2, (1L << b) + 2))
            .toArray();
    return LongStream.concat(LongStream.of(s), LongStream.of(edges)).toArray();
  }

  private static long unsigned(double x) {
    return x < 0x1p63 ? (long) x : (long) (x - 0x1p63) + Long.MIN_VALUE;
  }

  private static double real(long unsigned) {
    return unsigned >= 0 ? unsigned : unsigned + 0x1p64;
  }

  /** Relative errors beyond one unit of the result. */
  private static double beyondAUnit(double[] got, Errors.Values want, double unit) {
    return Errors.relative(
            got,
            i -> {
              double w = want.at(i);
              return w + Math.clamp(got[i] - w, -unit, unit);
            })
        .most();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 64, 576, 4096})
  void inverseRootOverItsDomain(int hidden) {
    RmsNorm.Shape shape = RmsNorm.Shape.of(hidden, 1e-5);
    double unit = hidden * Math.scalb(1.0, 2 * shape.fraction());
    long[] s = sums(30, 64 - 1e-3, 6000);
    double[] got = octaves(shape.root(), s, 64, 22);
    Errors.Values want = i -> 1 / Math.sqrt(real(s[i]) / unit + 1e-5);
    assertThat(beyondAUnit(got, want, 0x1p-22)).isLessThan(4.3e-4);
    assertThat(shape.highest()).isGreaterThanOrEqualTo(Math.pow(2, 24.8));
    assertThat(shape.lowest()).isLessThanOrEqualTo(hidden < 64 ? 0x1p-6 : 0x1p-8);
  }

  @Test
  void inverseRootAsTheReferenceStatesIt() {
    RmsNorm.Shape shape = RmsNorm.Shape.of(576, 1e-5);
    double unit = 576 * Math.scalb(1.0, 2 * shape.fraction());
    double ones = Math.log(unit) / Math.log(2);
    long[] s = sums(ones - 8, ones + 22, 20_000);
    Errors e =
        Errors.relative(
            octaves(shape.root(), s, 64, 22), i -> 1 / Math.sqrt(real(s[i]) / unit + 1e-5));
    assertThat(e.most()).isLessThan(5.5e-4);
    assertThat(e.rms()).isLessThan(9e-5); // the reference: 5.3e-4 and 8.1e-5
  }

  @Test
  void inverseRootSaturatesBelowItsDomain() {
    RmsNorm.Shape shape = RmsNorm.Shape.of(576, 1e-5);
    double unit = 576 * Math.scalb(1.0, 2 * shape.fraction());
    double most = 1.03 / Math.sqrt(0x14p25 / unit + 1e-5);
    double least = 0.99 / Math.sqrt(0x1p30 / unit + 1e-5);
    for (double y : octaves(shape.root(), sums(26, 30, 2000), 64, 22)) {
      assertThat(y).isBetween(least, most);
    }
    // far below, the position of the group's upper end answers
    double other = 0.99 / Math.sqrt(0x1p32 / unit + 1e-5);
    long[] tiny =
        LongStream.concat(LongStream.range(0, 200), LongStream.of(sums(8, 26, 500))).toArray();
    for (double y : octaves(shape.root(), tiny, 64, 22)) {
      assertThat(y).isBetween(other, most);
    }
  }

  @Test
  void reciprocalOverItsDomain() {
    long[] s = sums(11, 29 - 1e-3, 20_000);
    double[] got = octaves(Attention.RECIPROCAL, s, 29, 18);
    assertThat(Errors.relative(got, i -> 0x1p21 / s[i]).rms()).isLessThan(1.8e-4);
    // the line's own error at the lowest positions; the reference's random points reach 9.7e-4
    assertThat(beyondAUnit(got, i -> 0x1p21 / s[i], 0x1p-18)).isLessThan(1.15e-3);
  }

  private static double[] exp2(long[] x) {
    return Three.real(
        Three.words(
            three(3)
                .run(
                    at -> {
                      Wire w = at.in("x").open(Three.input(at, x, 17, 8, 5));
                      return new Exp2(w.masked(), w.mask(), x.length).run(at.in("p"));
                    })),
        Exp2.FRACTION);
  }

  @Test
  void powersOfTwoOverTheirDomain() {
    long[] near =
        LongStream.range(0, 8).flatMap(r -> LongStream.rangeClosed(-12 * 256 * 4 / 5, 0)).toArray();
    Errors e =
        Errors.relative(exp2(near), i -> Math.pow(2, HeadShape.SCORE_UNIT * near[i] / 256.0));
    assertThat(e.most()).isLessThan(8.3e-3);
    assertThat(e.rms()).isLessThan(1.5e-3); // the reference: 8.24e-3 and 1.41e-3
    long[] far = LongStream.rangeClosed(-500 * 256, 0).filter(v -> v % 2 == 0).toArray();
    double[] got = exp2(far);
    assertThat(Errors.absolute(got, i -> Math.pow(2, HeadShape.SCORE_UNIT * far[i] / 256.0)).most())
        .isLessThan(4.2e-3);
    for (int i = 0; i < far.length; i++) {
      if (far[i] < -24 * 256) {
        assertThat(got[i]).isBetween(0.0, 0x1p-19);
      }
    }
  }

  /** Every low digit of a mask, by the library's power as well. */
  @Test
  void powersOfMasksAreRounded() {
    for (int low = 0; low < 1024; low++) {
      assertThat(Exp2.powerOfMask(low))
          .isEqualTo(Math.round(Math.pow(2, 12 - HeadShape.SCORE_UNIT * low / 256.0)));
    }
  }

  /** top bucket → the bound M in log2 units: max < M ≤ max + 8. */
  private static void assertBounds(int keys, LongUnaryOperator score) {
    Causal causal = new Causal(keys - 1, 1, 5);
    long[] x = LongStream.range(0, causal.size()).map(score).toArray();
    long[] top =
        Three.opened(
            three(4)
                .run(
                    at ->
                        new Maximum(at.in("x").open(Three.input(at, x, 17, 8, 5)), causal)
                            .run(at.in("m"))));
    causal.each(
        (row, start, length) -> {
          double max = LongStream.range(start, start + length).map(i -> x[(int) i]).max().orElse(0);
          double bound = 4.0 * ((top[row] & 127) + 1) - 256;
          assertThat(bound - max / 256).as("row " + row).isGreaterThan(0).isLessThanOrEqualTo(8);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 129, 300})
  void maximumOfRows(int keys) {
    long edge = 250 * 256;
    Random random = new Random(keys);
    assertBounds(keys, i -> random.nextLong(-edge, edge));
    assertBounds(keys, i -> (long) (random.nextGaussian() * 20 * 256));
    assertBounds(keys, i -> edge);
    assertBounds(keys, i -> -edge);
    assertBounds(keys, i -> 4 * 256 * 3);
    assertBounds(keys, i -> i % keys == keys / 2 ? edge : -edge);
    assertBounds(keys, i -> i % keys == keys - 1 ? 1 : 0);
    assertBounds(keys, i -> i / keys * 1024 + i % keys % 2 - 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 64, 576, 4096})
  void normOverItsDomain(int hidden) {
    RmsNorm.Shape shape = RmsNorm.Shape.of(hidden, 1e-5);
    int rows = hidden == 4096 ? 8 : 34;
    Random random = new Random(hidden);
    double[] h = new double[rows * hidden];
    double low = Math.log(shape.lowest() * 2) / Math.log(2);
    for (int r = 0; r < rows; r++) {
      double scale = Math.pow(2, (low + (24.7 - low) * r / (rows - 1)) / 2);
      double ms = 0;
      for (int i = 0; i < hidden; i++) {
        h[r * hidden + i] = random.nextGaussian();
        ms += h[r * hidden + i] * h[r * hidden + i] / hidden;
      }
      for (int i = 0; i < hidden; i++) {
        h[r * hidden + i] *= scale / Math.sqrt(ms);
      }
    }
    // one massive channel, all else tiny
    for (int i = 0; i < hidden; i++) {
      h[i] = i == 3 ? Math.min(0x1p17 - 1, 0x1p12 * Math.sqrt(hidden)) : 0.01;
    }
    long[] words = Three.fixed(h, 30);
    double[] got =
        Three.real(
            Three.opened(
                three(5)
                    .run(
                        at ->
                            new RmsNorm(Three.input(at, words, 49, 30, 5), rows, shape)
                                .run(at.in("n")))),
            14);
    for (int r = 0; r < rows; r++) {
      double ms = 0;
      for (int i = 0; i < hidden; i++) {
        ms += h[r * hidden + i] * h[r * hidden + i] / hidden;
      }
      double root = Math.sqrt(ms + 1e-5);
      // the copy's unit, the root's relative error, two roundings of the result
      double unit = Math.scalb(1.0, -shape.fraction()) / root + 2 * 0x1p-14;
      for (int i = 0; i < hidden; i++) {
        double want = h[r * hidden + i] / root;
        assertThat(Math.abs(got[r * hidden + i] - want))
            .as("row " + r)
            .isLessThan(unit + (5e-4 + root * 0x1p-21) * Math.abs(want));
      }
    }
  }
}
