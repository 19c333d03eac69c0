package dev.sotto.mpc.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.LookUpTable;
import dev.sotto.ring.VectorKernels;
import dev.sotto.ring.Words;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Basic operations against plain integers: whole small domains, or many values and all edges. */
class ArithmeticTest {
  private static final int MANY = 100_000;

  /** Signed values of a ring: zero, ones, the ends, and random ones. */
  private static long[] values(int ring, long low, long high, int count, long seed) {
    if (ring <= 8) {
      return LongStream.range(0, count).map(i -> low + i % (high - low)).toArray();
    }
    Random random = new Random(seed);
    long[] x = LongStream.range(0, count).map(i -> random.nextLong(low, high)).toArray();
    long[] edges = {0, 1, -1, 2, low, low + 1, high - 1, high - 2};
    for (int i = 0; i < edges.length; i++) {
      if (edges[i] >= low && edges[i] < high) {
        x[i] = edges[i];
      }
    }
    return x;
  }

  private static Wire wire(Scope at, String name, long[] x, int ring) {
    return at.in(name).open(Three.input(at, x, ring, 0, name.hashCode()));
  }

  private static long[] run(Function<Scope, Share> program) {
    return Three.words(new Three(31, new VectorKernels()).run(program));
  }

  @ParameterizedTest
  @CsvSource({"2, 3", "3, 5", "8, 12", "22, 61", "35, 64", "46, 64", "34, 35"})
  void extend(int ring, int wide) {
    long quarter = 1L << (ring - 2);
    long[] x = values(ring, -quarter, quarter, MANY, 1);
    assertThat(run(at -> new Extend(wire(at, "x", x, ring), wide).run(at.in("e")).share()))
        .isEqualTo(x);
    long low = Math.min(1, quarter);
    long[] y = values(ring, -low, (1L << (ring - 1)) - low, MANY, 2);
    assertThat(run(at -> new Extend(wire(at, "x", y, ring), wide, low).run(at.in("e")).share()))
        .isEqualTo(y);
  }

  @ParameterizedTest
  @CsvSource({"3, 3, 7", "4, 5, 12", "22, 23, 61", "34, 28, 64", "32, 29, 64", "20, 30, 40"})
  void productOfExtended(int kx, int ky, int ring) {
    long[] x = values(kx, -1L << (kx - 2), 1L << (kx - 2), MANY, 3);
    long[] y = values(8, -1L << (ky - 2), 1L << (ky - 2), MANY / 4, 4);
    long[] got =
        run(
            at ->
                new MultiplyExtended(
                        new Extend(wire(at, "x", x, kx), ring).run(at.in("a")),
                        new Extend(wire(at, "y", y, ky), ring).run(at.in("b")),
                        4)
                    .run(at.in("p")));
    for (int i = 0; i < MANY; i++) {
      assertThat(got[i]).isEqualTo(Words.signed(x[i] * y[i / 4], ring));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 6, 1", "3, 9, 5", "34, 64, 50", "15, 40, 10"})
  void sumOfSquares(int ring, int wide, int width) {
    long[] x = values(ring, -1L << (ring - 2), 1L << (ring - 2), MANY, 5);
    long[] got =
        run(
            at ->
                new SquareSum(new Extend(wire(at, "x", x, ring), wide).run(at.in("e")), width)
                    .run(at.in("s")));
    for (int r = 0; r < MANY / width; r++) {
      long want = 0;
      for (int i = 0; i < width; i++) {
        want += x[r * width + i] * x[r * width + i];
      }
      assertThat(got[r]).isEqualTo(Words.signed(want, wide));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 64})
  void product(int ring) {
    long end = ring == 64 ? Long.MAX_VALUE : (1L << ring) - 1;
    long[] x = values(ring, 0, end, MANY, 6);
    long[] y = values(64, 0, end, MANY, 7);
    long[] got =
        run(at -> new Multiply(wire(at, "x", x, ring), wire(at, "y", y, 64), ring).run(at.in("p")));
    for (int i = 0; i < MANY; i++) {
      assertThat(got[i]).isEqualTo(Words.signed(x[i] * y[i], ring));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "3, 1", "5, 7", "6, 1", "8, 1", "17, 1", "20, 1", "21, 1", "22, 3", "49, 1"})
  void negative(int ring, int out) {
    long half = 1L << (ring - 1);
    int n = ring > 17 ? 20_000 : MANY;
    long[] x = values(ring, -half, half, n, 8);
    Claim[] claim = new Claim[1];
    Three three = new Three(32);
    long[] got =
        Three.words(
            three.run(
                at -> {
                  Negative p = new Negative(wire(at, "x", x, ring), out);
                  claim[0] = p.claim();
                  return p.run(at.in("sign"));
                }));
    for (int i = 0; i < n; i++) {
      assertThat(got[i] & Words.mask(out)).as("sign of " + x[i]).isEqualTo(x[i] < 0 ? 1 : 0);
    }
    assertThat(claim[0].rounds()).isEqualTo(ring <= 21 ? 1 : 2);
    three.assertCounted(claim[0], Claim.opening(n, ring));
  }

  @Test
  void theSignOf20BitsCostsWhatIsStated() {
    Claim c = Claim.opening(1000, 20).then(signOf(1000, 20).claim());
    assertThat(c.rounds()).isEqualTo(2);
    assertThat((c.dealt() + 2 * c.opened()) / 1000.0).isLessThan(150);
  }

  private static Protocol<Share> signOf(int n, int ring) {
    Three.Parts<Wire> x = new Three(33).run(at -> wire(at, "x", new long[n], ring));
    return new Negative(x.first(), 1);
  }

  @Test
  void selectedBySign() {
    long[] x = values(16, -1L << 15, 1L << 15, MANY, 9);
    long[] y = values(40, -1L << 39, 1L << 39, MANY, 10);
    long[] got =
        run(
            at -> {
              Share b = new Negative(wire(at, "x", x, 16), 1).run(at.in("sign"));
              Opening o = at.in("choice").opening();
              MaskedBits choice = o.bits("b", b.words(), MANY, 1);
              o.run();
              return new Select(choice, wire(at, "y", y, 40)).run(at.in("select"));
            });
    for (int i = 0; i < MANY; i++) {
      assertThat(got[i]).isEqualTo(x[i] < 0 ? y[i] : 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 7", "3, 1", "4, 2", "8, 7", "11, 64", "20, 7", "24, 1", "64, 7"})
  void notZero(int width, int ring) {
    int n = width > 8 ? 20_000 : 4096;
    long[] x = values(width, 0, width == 64 ? Long.MAX_VALUE : 1L << width, n, 11);
    for (int i = 0; i < n && width > 8; i++) {
      x[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? 1L << (i % width) : x[i];
    }
    long[] got =
        run(
            at -> {
              Wire w = wire(at, "x", x, width);
              return new NotZero(w.masked(), w.mask(), n, width, ring).run(at.in("z"));
            });
    for (int i = 0; i < n; i++) {
      assertThat(got[i] & Words.mask(ring)).isEqualTo(x[i] == 0 ? 0 : 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 6, 7, 9, 11})
  void oneHotLookUp(int bits) {
    int n = Math.max(64, 4 << bits);
    Three three = new Three(34, new VectorKernels());
    Claim claim = new OneHot(new long[0], n, bits).claim();
    lookUp(three, bits, n, (at, mask) -> new OneHot(mask, n, bits).run(at));
    three.assertCounted(claim, Claim.opening(n, bits));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 11, 13})
  void lookUpByPoint(int bits) {
    int n = 1 << bits;
    Three three = new Three(35, new VectorKernels());
    Claim claim = new OneHotByPoint(new long[0], n, bits).claim();
    lookUp(three, bits, n, (at, mask) -> new OneHotByPoint(mask, n, bits).run(at));
    three.assertCounted(claim, Claim.opening(n, bits));
    long dealt = new OneHot(new long[0], n, bits).claim().dealt();
    assertThat(claim.dealt() + claim.forwarded() < dealt).isEqualTo(bits >= 11);
  }

  /** A way to one-hot vectors. */
  private interface Hot {
    OneHot.Vectors of(Scope at, long[] mask);
  }

  private static void lookUp(Three three, int bits, int n, Hot way) {
    int positions = 1 << bits;
    long[] table = new Random(bits).longs(positions).map(v -> v & Words.mask(40)).toArray();
    LookUpTable t = new LookUpTable(new long[][] {table}, 40);
    long[] x = LongStream.range(0, n).map(i -> i % positions).toArray();
    long[] signs = new long[n];
    Three.Parts<Share> got =
        three.run(
            at -> {
              Wire w = wire(at, "x", x, bits);
              OneHot.Vectors hot = way.of(at.in("hot"), w.mask());
              if (at.deals()) {
                System.arraycopy(hot.signs(), 0, signs, 0, n);
              }
              int[] index = LongStream.of(w.masked()).mapToInt(m -> (int) m).toArray();
              return hot.lookUp(at, index, n, t, 0)[0];
            });
    long[] values = Three.words(got);
    int up = 0;
    for (int i = 0; i < n; i++) {
      assertThat(values[i]).isEqualTo(Words.signed(signs[i] * table[(int) x[i]], 40));
      up += signs[i] > 0 ? 1 : 0;
    }
    assertThat(Math.abs(up - n / 2.0)).isLessThan(8 * Math.sqrt(n) / 2); // signs stay random
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "4, 2, 3", "16, 1, 64", "8, 5, 36"})
  void oneTimeTable(int rows, int columns, int ring) {
    int n = 1000;
    int bits = Integer.numberOfTrailingZeros(rows);
    long[] f = new Random(rows).longs((long) rows * columns).toArray();
    Words.reduce(f, ring);
    long[] x = LongStream.range(0, n).map(i -> i % rows).toArray();
    long[] got =
        run(
            at -> {
              Wire w = wire(at, "x", x, Math.max(1, bits));
              long[] row =
                  new OneTimeTable(
                          n,
                          rows,
                          columns,
                          ring,
                          () -> rows(f, w.mask(), rows, columns),
                          low(w, rows))
                      .run(at.in("t"));
              return at.deals() ? Share.shape(n * columns, ring, 0) : new Share(row, ring, 0);
            });
    for (int i = 0; i < n * columns; i++) {
      long want = f[(int) x[i / columns] * columns + i % columns];
      assertThat(got[i]).isEqualTo(Words.signed(want, ring));
    }
  }

  private static long[] low(Wire w, int rows) {
    return LongStream.of(w.masked()).map(m -> m & (rows - 1)).toArray();
  }

  private static long[] rows(long[] f, long[] mask, int rows, int columns) {
    long[] out = new long[mask.length * rows * columns];
    for (int i = 0; i < out.length; i++) {
      int j = i / columns % rows;
      long x = (j - mask[i / (rows * columns)]) & (rows - 1);
      out[i] = f[(int) x * columns + i % columns];
    }
    return out;
  }
}
