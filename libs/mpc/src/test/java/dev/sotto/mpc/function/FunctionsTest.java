package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.MultiplyExtended;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.mpc.testing.Three;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FunctionsTest {
  private static final int N = 4000;

  private static double[] line(double from, double to, int n) {
    return IntStream.range(0, n).mapToDouble(i -> from + (to - from) * i / (n - 1)).toArray();
  }

  @Test
  void siluTimesUp() {
    double[] x = line(-250, 250, N);
    double[] u = line(255.9, -255.9, N);
    Three three = new Three(1);
    long[] xs = Three.fixed(x, 13);
    long[] us = Three.fixed(u, 13);
    Claim[] claim = new Claim[1];
    Three.Parts<Wire> out =
        three.run(
            at -> {
              Wire g = at.in("g").open(Three.input(at, xs, 22, 13, 5));
              Wire up = at.in("u").open(Three.input(at, us, 23, 13, 6));
              SiluTimesUp p = new SiluTimesUp(g, up);
              if (at.first()) {
                claim[0] = p.claim();
              }
              return p.run(at.in("p"));
            });
    double[] got = Three.real(Three.opened(out), 14);
    for (int i = 0; i < N; i++) {
      double g = Math.scalb((double) xs[i], -13);
      assertThat(got[i])
          .isCloseTo(
              g / (1 + Math.exp(-g)) * u[i],
              org.assertj.core.data.Offset.offset(
                  2e-4 + Math.abs(g) * 1e-3 + Math.abs(u[i]) * 1.3e-3));
    }
    three.assertCounted(claim[0], Claim.opening(N, 22), Claim.opening(N, 23));
  }

  @Test
  void rmsNorm() {
    int hidden = 576;
    int rows = 12;
    Random random = new Random(3);
    double[] h = new double[rows * hidden];
    for (int r = 0; r < rows; r++) {
      double scale = Math.pow(2, -3.5 + r * 1.4);
      for (int i = 0; i < hidden; i++) {
        h[r * hidden + i] = random.nextGaussian() * scale;
      }
    }
    RmsNorm.Shape shape = RmsNorm.Shape.of(hidden, 1e-5);
    assertThat(shape.fraction()).isEqualTo(15);
    Three three = new Three(2);
    long[] hs = Three.fixed(h, 30);
    Claim[] claim = new Claim[1];
    Three.Parts<Wire> out =
        three.run(
            at -> {
              RmsNorm p = new RmsNorm(Three.input(at, hs, 49, 30, 5), rows, shape);
              if (at.first()) {
                claim[0] = p.claim();
              }
              return p.run(at.in("p"));
            });
    double[] got = Three.real(Three.opened(out), 14);
    for (int r = 0; r < rows; r++) {
      double ms = 0;
      for (int i = 0; i < hidden; i++) {
        ms += h[r * hidden + i] * h[r * hidden + i] / hidden;
      }
      for (int i = 0; i < hidden; i++) {
        double want = h[r * hidden + i] / Math.sqrt(ms + 1e-5);
        assertThat(got[r * hidden + i])
            .as("row " + r)
            .isCloseTo(
                want, org.assertj.core.data.Offset.offset(0.003 * Math.max(1, Math.abs(want))));
      }
    }
    three.assertCounted(claim[0]);
  }

  @Test
  void productOfExtended() {
    Three three = new Three(3);
    double[] x = line(-400, 400, N);
    double[] y = line(30, -30, N);
    Three.Parts<Share> out =
        three.run(
            at -> {
              Wire a = at.in("a").open(Three.input(at, Three.fixed(x, 10), 22, 10, 5));
              Wire b = at.in("b").open(Three.input(at, Three.fixed(y, 10), 18, 10, 6));
              return new MultiplyExtended(
                      new Extend(a, 50).run(at.in("ea")), new Extend(b, 50).run(at.in("eb")), 1)
                  .run(at.in("p"));
            });
    long[] got = Three.words(out);
    for (int i = 0; i < N; i++) {
      assertThat(got[i]).isEqualTo(Three.fixed(x, 10)[i] * Three.fixed(y, 10)[i]);
    }
  }

  @Test
  void truncation() {
    Three three = new Three(4);
    Random random = new Random(9);
    long[] x = random.longs(100_000).map(v -> v >> 20).toArray();
    long[] got =
        Three.words(three.run(at -> new TruncateReduce(Three.input(at, x, 50, 20, 5), 13).run(at)));
    for (int i = 0; i < x.length; i++) {
      long d = (got[i] - (x[i] >> 13)) & ((1L << 37) - 1);
      assertThat(d).isBetween(0L, 1L);
    }
  }

  @Test
  void attentionPrefillThenDecode() {
    attention(40, 3);
  }

  @Test
  void attentionBeyond255Keys() {
    attention(260, 1);
  }

  private static void attention(int prompt, int decode) {
    HeadShape shape = new HeadShape(4, 2, 16, 2048);
    int total = prompt + decode;
    Random random = new Random(11);
    double[] q = random.doubles((long) total * 64, -3, 3).toArray();
    double[] k = random.doubles((long) total * 32, -3, 3).toArray();
    double[] v = random.doubles((long) total * 32, -8, 8).toArray();
    double[] want = clearAttention(shape, total, q, k, v);
    Three three = new Three(5, new dev.sotto.ring.VectorKernels());
    Map<Role, KeyValues> caches = new java.util.concurrent.ConcurrentHashMap<>();
    int from = 0;
    while (from < total) {
      int t = from == 0 ? prompt : 1;
      int start = from;
      Claim[] claim = new Claim[1];
      Claim before = three.session(Role.EVALUATOR_1).meter().total().claim();
      Three.Parts<Wire> out =
          three.run(
              at -> {
                KeyValues cache = caches.computeIfAbsent(at.role(), r -> new KeyValues(32));
                dev.sotto.mpc.Opening o = at.in("in").opening();
                Wire wq =
                    o.words(
                        "q",
                        Three.input(
                            at,
                            Three.fixed(
                                java.util.Arrays.copyOfRange(q, start * 64, (start + t) * 64), 12),
                            shape.scoreRing(),
                            12,
                            1));
                Wire wk =
                    o.words(
                        "k",
                        Three.input(
                            at,
                            Three.fixed(
                                java.util.Arrays.copyOfRange(k, start * 32, (start + t) * 32), 12),
                            shape.scoreRing(),
                            12,
                            2));
                Wire wv =
                    o.words(
                        "v",
                        Three.input(
                            at,
                            Three.fixed(
                                java.util.Arrays.copyOfRange(v, start * 32, (start + t) * 32),
                                shape.valueFraction()),
                            45,
                            shape.valueFraction(),
                            3));
                o.run();
                cache.append(wk, wv);
                Attention a = new Attention(wq, cache, shape, t);
                if (at.first()) {
                  claim[0] =
                      Claim.opening(t * 64, shape.scoreRing())
                          .with(Claim.opening(t * 32, shape.scoreRing()))
                          .with(Claim.opening(t * 32, 45))
                          .then(a.claim());
                }
                return a.run(at.in("a"));
              });
      double[] got = Three.real(Three.opened(out), 14);
      for (int i = 0; i < got.length; i++) {
        assertThat(got[i])
            .as("value " + i)
            .isCloseTo(want[start * 64 + i], org.assertj.core.data.Offset.offset(0.05));
      }
      Claim after = three.session(Role.EVALUATOR_1).meter().total().claim();
      assertThat(
              new Claim(
                  after.rounds() - before.rounds(),
                  after.dealt() - before.dealt(),
                  after.opened() - before.opened()))
          .isEqualTo(claim[0]);
      from += t;
    }
  }

  private static double[] clearAttention(
      HeadShape s, int total, double[] q, double[] k, double[] v) {
    int d = s.headDim();
    double[] out = new double[total * s.heads() * d];
    for (int t = 0; t < total; t++) {
      for (int h = 0; h < s.heads(); h++) {
        double[] e = new double[t + 1];
        double sum = 0;
        for (int j = 0; j <= t; j++) {
          double dot = 0;
          for (int i = 0; i < d; i++) {
            dot += q[(t * s.heads() + h) * d + i] * k[(j * s.kvHeads() + h / s.group()) * d + i];
          }
          e[j] = Math.pow(2, HeadShape.SCORE_UNIT * dot / Math.sqrt(d));
          sum += e[j];
        }
        for (int j = 0; j <= t; j++) {
          for (int i = 0; i < d; i++) {
            out[(t * s.heads() + h) * d + i] +=
                e[j] / sum * v[(j * s.kvHeads() + h / s.group()) * d + i];
          }
        }
      }
    }
    return out;
  }
}
