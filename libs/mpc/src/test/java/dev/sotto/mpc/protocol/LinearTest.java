package dev.sotto.mpc.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.NarrowMatrix;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.SecretMatrix;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.WideMatrix;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.testing.KnownMatrix;
import dev.sotto.mpc.testing.KnownTable;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.VectorKernels;
import dev.sotto.ring.Words;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secret matrices against plain products, over awkward sizes. */
class LinearTest {
  private static long[] times(long[] x, int rows, KnownMatrix w, int ring) {
    long[] out = new long[rows * w.cols()];
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < w.cols(); j++) {
        long sum = 0;
        for (int i = 0; i < w.inner(); i++) {
          sum += x[r * w.inner() + i] * w.at(i, j);
        }
        out[r * w.cols() + j] = Words.signed(sum, ring);
      }
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 64, 64",
    "1, 7, 31, 40, 40",
    "3, 40, 33, 40, 40",
    "5, 17, 64, 49, 42",
    "1, 576, 70, 40, 40",
    "33, 5, 97, 64, 13"
  })
  void equalsThePlainProduct(int rows, int inner, int cols, int ring, int out) {
    KnownMatrix w = KnownMatrix.random("w", inner, cols, 3);
    plainProduct(w, w::of, rows, ring, out);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 32, 32",
    "1, 7, 63, 40, 32",
    "3, 40, 65, 32, 32",
    "5, 17, 128, 49, 30",
    "1, 576, 70, 32, 32",
    "33, 5, 197, 64, 13"
  })
  void equalsThePlainProductInNarrowWords(int rows, int inner, int cols, int ring, int out) {
    KnownMatrix w = KnownMatrix.random("w", inner, cols, 3);
    plainProduct(w, w::narrow, rows, ring, out);
    KnownTable t = KnownTable.random("t", cols, inner, 3);
    long[] turned = new long[inner * cols];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = t.at(i % cols, i / cols);
    }
    plainProduct(new KnownMatrix("t", inner, cols, turned), t::matrix, rows, ring, out);
  }

  private static void plainProduct(
      KnownMatrix w, Function<Role, SecretMatrix> parts, int rows, int ring, int out) {
    int inner = w.inner();
    long[] x = new Random(4).longs((long) rows * inner).toArray();
    Three three = new Three(81, new VectorKernels());
    Claim[] claim = new Claim[1];
    Three.Parts<Share> got =
        three.run(
            at -> {
              Wire wire = at.in("x").open(Three.input(at, x, ring, 0, 5));
              MaskProducts products = new MaskProducts(at.session(), 1);
              Linear p = new Linear(wire, parts.apply(at.role()), rows, out, 0, products);
              if (at.first()) {
                claim[0] = p.claim();
              }
              return p.run(at.in("p"));
            });
    assertThat(Three.words(got)).isEqualTo(times(x, rows, w, out));
    three.assertCounted(claim[0], Claim.opening(rows * inner, ring));
  }

  /** One matrix at two places of a step, over steps of one and several rows, with slices. */
  @Test
  void productsMadeAheadBelongToTheirPlace() {
    KnownMatrix w = KnownMatrix.random("w", 6, 9, 3);
    Three three = new Three(82, new VectorKernels());
    Map<Role, MaskProducts> products = new ConcurrentHashMap<>();
    for (int step = 0; step < 6; step++) {
      int rows = step == 2 ? 4 : 1;
      long[] x = new Random(step).longs(rows * 6L).toArray();
      long[] y = new Random(step + 100).longs(12).toArray();
      Three.Parts<Share[]> got =
          three.run(
              at -> {
                MaskProducts p =
                    products.computeIfAbsent(at.role(), r -> new MaskProducts(at.session(), 3));
                Wire a = at.in("a").open(Three.input(at, x, 40, 0, 5));
                Wire b = at.in("b").open(Three.input(at, y, 40, 0, 6));
                WideMatrix m = w.of(at.role());
                return new Share[] {
                  new Linear(a, m, rows, 40, 0, p).run(at.in("la")),
                  new Linear(b.slice(6, 6), m, 1, 40, 0, p).run(at.in("lb")),
                  new Linear(b.slice(0, 6), m, 1, 40, 0, p).run(at.in("lc"))
                };
              });
      long[] high = java.util.Arrays.copyOfRange(y, 6, 12);
      assertThat(words(got, 0)).isEqualTo(times(x, rows, w, 40));
      assertThat(words(got, 1)).isEqualTo(times(high, 1, w, 40));
      assertThat(words(got, 2)).isEqualTo(times(y, 1, w, 40));
    }
  }

  private static long[] words(Three.Parts<Share[]> parts, int i) {
    return Three.words(new Three.Parts<>(parts.dealer()[i], parts.first()[i], parts.second()[i]));
  }

  @Test
  void diagonal() {
    KnownMatrix gamma = KnownMatrix.random("gamma", 1, 37, 3);
    long[] x = new Random(4).longs(3 * 37L).toArray();
    long[] got =
        Three.words(
            new Three(83)
                .run(
                    at ->
                        new Diagonal(
                                at.in("x").open(Three.input(at, x, 40, 0, 5)),
                                gamma.of(at.role()),
                                40,
                                0)
                            .run(at.in("p"))));
    for (int i = 0; i < x.length; i++) {
      assertThat(got[i]).isEqualTo(Words.signed(x[i] * gamma.at(0, i % 37), 40));
    }
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    KnownMatrix w = KnownMatrix.random("w", 6, 9, 3);
    new Three(84)
        .run(
            at -> {
              Wire x = at.in("x").open(Three.input(at, new long[7], 40, 0, 5));
              MaskProducts p = new MaskProducts(at.session(), 1);
              assertThatThrownBy(() -> new Linear(x, w.of(at.role()), 1, 40, 0, p))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("w, 6 × 9");
              assertThatThrownBy(() -> new Diagonal(x, w.of(at.role()), 40, 0))
                  .isInstanceOf(IllegalArgumentException.class);
              assertThatThrownBy(() -> new Multiply(x, x, 41))
                  .isInstanceOf(IllegalArgumentException.class);
              return at;
            });
  }

  @Test
  void anotherRolesPartIsRefused() {
    assertThatThrownBy(() -> new NarrowMatrix("w", 1, 1, 1, Role.DEALER, null, new byte[16], null))
        .hasMessageContaining("do not belong");
    assertThatThrownBy(() -> new WideMatrix("w", 1, 1, 1, Role.DEALER, null, new byte[16], null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DEALER");
    WideMatrix dealers = KnownMatrix.random("w", 2, 2, 1).of(Role.DEALER);
    assertThatThrownBy(() -> dealers.timesOnline(new VectorKernels(), new long[2], 1))
        .isInstanceOf(IllegalStateException.class);
  }
}
