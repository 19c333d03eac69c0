package dev.sotto.mpc.protocol;

import static dev.sotto.mpc.testing.Enumeration.hides;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.testing.Defects;
import dev.sotto.mpc.testing.Enumeration;
import dev.sotto.mpc.testing.Enumeration.Program;
import dev.sotto.mpc.testing.Enumeration.Seat;
import dev.sotto.ring.LookUpTable;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Every basic operation on a tiny ring, with all randomness enumerated. */
class ViewsTest {
  private record Two(long x, long y) {}

  private static final List<Long> FOUR = range(0, 4);

  private static List<Long> range(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }

  private static List<Two> pairs(int n) {
    return LongStream.range(0, (long) n * n).mapToObj(i -> new Two(i / n, i % n)).toList();
  }

  private static Wire open(Seat seat, String name, long x, int ring) {
    return seat.at().in(name).open(seat.input(name, x, ring));
  }

  private static Share reopened(Scope at, Share x) {
    return at.in("result").open(x).share();
  }

  private static final Program<Long> OPENING = (seat, x) -> open(seat, "x", x, 2).share();

  private static final Program<Two> TWO_OPENINGS =
      (seat, s) -> {
        Opening o = seat.at().opening();
        Wire x = o.words("x", seat.input("x", s.x, 2));
        o.words("y", seat.input("y", s.y, 2));
        o.run();
        return x.share();
      };

  @Test
  void opening() {
    hides(OPENING, FOUR, Long::equals);
    hides(TWO_OPENINGS, pairs(4), (s, v) -> v == s.x);
  }

  @Test
  void openingOfBits() {
    Program<Long> twoBits =
        (seat, s) -> {
          Scope at = seat.at();
          long[] mine = seat.bits("b", s, 2);
          Opening o = at.opening();
          MaskedBits b = o.bits("b", mine, 2, 1);
          o.run();
          long[] rho = at.in("rho").deal(2, 1, b::mask);
          if (at.deals()) {
            return Share.shape(2, 1, 0);
          }
          for (int i = 0; i < 2; i++) {
            rho[i] ^= at.first() ? b.masked()[i] : 0;
          }
          return new Share(rho, 1, 0);
        };
    hides(twoBits, FOUR, Long::equals);
  }

  private static final List<Two> SOME =
      List.of(new Two(0, 0), new Two(1, 1), new Two(0, 3), new Two(2, 3), new Two(3, 0));

  @Test
  void secretMatrix() {
    Program<Two> linear =
        (seat, s) -> {
          Wire x = open(seat, "x", s.x, 2);
          Scope at = seat.at().in("linear");
          return new Linear(x, seat.matrix(s.y, 2), 1, 2, 0, new MaskProducts(at.session(), 1))
              .run(at);
        };
    hides(linear, SOME, (s, v) -> v == ((s.x * s.y) & 3));
    Program<Two> narrow =
        (seat, s) -> {
          Wire x = open(seat, "x", s.x, 2);
          Scope at = seat.at().in("narrow");
          MaskProducts products = new MaskProducts(at.session(), 1);
          return new Linear(x, seat.narrowMatrix(s.y, 2), 1, 2, 0, products).run(at);
        };
    hides(narrow, SOME, (s, v) -> v == ((s.x * s.y) & 3));
    Program<Two> table =
        (seat, s) -> {
          Wire x = open(seat, "x", s.x, 2);
          Scope at = seat.at().in("table");
          MaskProducts products = new MaskProducts(at.session(), 1);
          return new Linear(x, seat.tableMatrix(s.y, 2), 1, 2, 0, products).run(at);
        };
    hides(table, SOME, (s, v) -> v == ((s.x * s.y) & 3));
    Program<Two> diagonal =
        (seat, s) ->
            new Diagonal(open(seat, "x", s.x, 2), seat.matrix(s.y, 2), 2, 0)
                .run(seat.at().in("diagonal"));
    hides(diagonal, SOME, (s, v) -> v == ((s.x * s.y) & 3));
  }

  @Test
  void productOfTwoWires() {
    Program<Two> product =
        (seat, s) ->
            new Multiply(open(seat, "x", s.x, 2), open(seat, "y", s.y, 2), 2)
                .run(seat.at().in("product"));
    hides(product, SOME, (s, v) -> v == ((s.x * s.y) & 3));
    Program<Long> square =
        (seat, s) -> {
          Wire x = open(seat, "x", s, 2);
          return new Multiply(x, x, 2).run(seat.at().in("product"));
        };
    hides(square, FOUR, (s, v) -> v == ((s * s) & 3));
  }

  @Test
  void select() {
    Program<Two> select =
        (seat, s) -> {
          Scope at = seat.at();
          Opening o = at.in("choice").opening();
          MaskedBits b = o.bits("b", seat.bits("b", s.y & 1, 1), 1, 1);
          o.run();
          return new Select(b, open(seat, "x", s.x, 2)).run(at.in("select"));
        };
    hides(select, pairs(4), (s, v) -> v == (s.y & 1) * s.x);
  }

  @Test
  void productOfExtended() {
    Program<Long> square =
        (seat, s) -> {
          Extended x = new Extend(open(seat, "x", s, 2), 3).run(seat.at().in("extend"));
          return new MultiplyExtended(x, x, 1).run(seat.at().in("product"));
        };
    hides(square, List.of(-1L, 0L), (s, v) -> v == s * s);
  }

  @Test
  void sumOfSquares() {
    Program<Long> square =
        (seat, s) -> {
          Extended x = new Extend(open(seat, "x", s, 2), 4).run(seat.at().in("extend"));
          return new SquareSum(x, 1).run(seat.at().in("squares"));
        };
    hides(square, List.of(-1L, 0L), (s, v) -> v == s * s);
  }

  @Test
  void truncateAndReduce() {
    Program<Long> truncate =
        (seat, s) ->
            reopened(
                seat.at(), new TruncateReduce(seat.input("x", s, 4), 2).run(seat.at().in("t")));
    hides(truncate, range(0, 16), (s, v) -> v == s / 4 || v == (s / 4 + 1) % 4);
  }

  @Test
  void extend() {
    Program<Long> extend =
        (seat, s) -> new Extend(open(seat, "x", s, 3), 5).run(seat.at().in("extend")).share();
    hides(extend, range(-2, 2), (s, v) -> v == (s & 31));
  }

  private static final long[] TABLE = {3, 1, 0, 2};

  @Test
  void oneTimeTable() {
    Program<Long> table =
        (seat, s) -> {
          Wire x = open(seat, "x", s, 2);
          long[] row =
              new OneTimeTable(
                      1,
                      4,
                      1,
                      2,
                      () ->
                          LongStream.range(0, 4)
                              .map(j -> TABLE[(int) (j - x.mask()[0]) & 3])
                              .toArray(),
                      x.masked())
                  .run(seat.at().in("table"));
          return seat.at().deals() ? Share.shape(1, 2, 0) : new Share(row, 2, 0);
        };
    hides(table, FOUR, (s, v) -> v == TABLE[s.intValue()]);
  }

  @Test
  void zeroTest() {
    // the pattern of NotZero with digits of one bit: table, opened bits, table
    Program<Long> notZero =
        (seat, s) -> {
          Scope at = seat.at();
          Wire x = open(seat, "x", s, 1);
          long[] equal =
              new OneTimeTable(
                      1,
                      2,
                      1,
                      1,
                      () -> LongStream.of(0, 1).map(j -> j == x.mask()[0] ? 1 : 0).toArray(),
                      x.masked())
                  .run(at.in("digit"));
          Opening o = at.in("and").opening();
          MaskedBits b = o.bits("bits", equal, 1, 1);
          o.run();
          long[] out =
              new OneTimeTable(
                      1,
                      2,
                      1,
                      2,
                      () -> LongStream.of(0, 1).map(j -> (j ^ b.mask()[0]) ^ 1).toArray(),
                      b.masked())
                  .run(at.in("table"));
          return at.deals() ? Share.shape(1, 2, 0) : new Share(out, 2, 0);
        };
    hides(notZero, List.of(0L, 1L), Long::equals);
  }

  private static final LookUpTable ONE_OR_THREE = new LookUpTable(new long[][] {{1, 3}}, 2);

  private static final Program<Long> LOOK_UP =
      (seat, s) -> {
        Scope at = seat.at();
        Wire x = open(seat, "x", s, 1);
        OneHot.Vectors hot = new OneHot(x.mask(), 1, 1).run(at.in("hot"));
        int[] index = {at.deals() ? 0 : (int) x.masked()[0]};
        Wire v = at.in("v").open(hot.lookUp(at, index, 1, ONE_OR_THREE, 0)[0]);
        long[] sign = at.in("sign").deal(1, 2, () -> hot.signs().clone());
        long[] fix = at.in("fix").deal(1, 2, () -> new long[] {hot.signs()[0] * v.mask()[0]});
        if (at.deals()) {
          return Share.shape(1, 2, 0);
        }
        return new Share(new long[] {(sign[0] * v.masked()[0] - fix[0]) & 3}, 2, 0);
      };

  @Test
  void oneHotLookUpWithSignPutRight() {
    hides(LOOK_UP, List.of(0L, 1L), (s, v) -> v == (s == 0 ? 1 : 3));
  }

  @Test
  void bitsOfAOneHot() {
    LookUpTable bits = new LookUpTable(new long[][] {{1, 0}}, 16);
    Program<Long> program =
        (seat, s) -> {
          Scope at = seat.at();
          Wire x = open(seat, "x", s, 1);
          OneHot.Vectors hot = new OneHot(x.mask(), 1, 1).run(at.in("hot"));
          int[] index = {at.deals() ? 0 : (int) x.masked()[0]};
          Opening o = at.opening();
          MaskedBits b = o.bits("b", hot.lookUpBits(at, index, 1, bits, 1), 1, 1);
          o.run();
          long[] rho = at.in("rho").deal(1, 1, b::mask);
          if (at.deals()) {
            return Share.shape(1, 1, 0);
          }
          return new Share(new long[] {(at.first() ? b.masked()[0] : 0) ^ rho[0]}, 1, 0);
        };
    hides(program, List.of(0L, 1L), (s, v) -> v == 1 - s);
  }

  // What the tests must catch.

  @Test
  void aSharedMaskIsCaught() {
    assertThatThrownBy(() -> hides(TWO_OPENINGS, pairs(4), (s, v) -> true, Defects.sharedMask()))
        .hasMessageContaining("the view of EVALUATOR");
  }

  @Test
  void aPadOneBitShortIsCaught() {
    for (Pair pair : List.of(Pair.DEALER_EVALUATOR_0, Pair.DEALER_EVALUATOR_1)) {
      assertThatThrownBy(() -> hides(OPENING, FOUR, (s, v) -> true, Defects.padABitShort(pair)))
          .hasMessageContaining("the view of EVALUATOR");
    }
  }

  @Test
  void unmaskedBitsAreCaught() {
    assertThatThrownBy(
            () ->
                hides(
                    LOOK_UP,
                    List.of(0L, 1L),
                    (s, v) -> true,
                    Defects.noPad(Pair.DEALER_EVALUATOR_0)))
        .hasMessageContaining("the view of EVALUATOR_1");
  }

  /** A look-up whose one always lies with evaluator-1: the sign needs no repair, and λ shows. */
  @Test
  void aFixedSignIsCaught() {
    Program<Long> fixed =
        (seat, s) -> {
          Scope at = seat.at();
          Wire x = open(seat, "x", s, 1);
          if (at.deals()) {
            long u = at.in("hot").stream(Pair.DEALER_EVALUATOR_0, 1, 2)[0] | 1L << x.mask()[0];
            at.session().put(new long[] {u}, 1, 2);
          } else if (!at.first()) {
            at.take(new long[1], 2);
          }
          return x.share();
        };
    assertThatThrownBy(() -> hides(fixed, List.of(0L, 1L), Long::equals))
        .hasMessageContaining("the view of EVALUATOR_1");
  }

  private static final Program<Long> TRUNCATION_OF_A_DEALT_SHARE =
      (seat, s) -> new TruncateReduce(dealt(seat, s), 2).run(seat.at().in("t"));

  /** A share whose first part the dealer knows. */
  private static Share dealt(Seat seat, long x) {
    Scope at = seat.at();
    long[] c = at.in("x").deal(1, 4, () -> new long[] {x});
    return at.deals() ? Share.shape(1, 4, 0) : new Share(c, 4, 0);
  }

  @Test
  void roundingIsIndependentOfTheDealer() {
    Enumeration.roundsBlindly(TRUNCATION_OF_A_DEALT_SHARE, range(0, 16));
  }

  @Test
  void aTruncationWithoutItsZeroShareIsCaught() {
    Program<Long> bare =
        (seat, s) -> {
          Share x = dealt(seat, s);
          if (seat.at().deals()) {
            return Share.shape(1, 2, 0);
          }
          long half = (x.words()[0] >>> 2) + (seat.at().first() ? 1 : 0);
          return new Share(new long[] {half & 3}, 2, 0);
        };
    assertThatThrownBy(() -> Enumeration.roundsBlindly(bare, range(0, 16)))
        .hasMessageContaining("DEALER");
  }

  /** Secrets with the same sum: who opens it must not tell them apart. */
  private static final List<Two> SUM_IS_ONE =
      pairs(4).stream().filter(s -> (s.x + s.y & 3) == 1).toList();

  private static Share parts(Seat seat, Two s) {
    return seat.given(seat.at().first() ? s.x : s.y, 2);
  }

  @Test
  void refreshedSharesShowTheirSumAlone() {
    Enumeration.hidesFromCaller(
        (Seat seat, Two s) -> new Refresh(parts(seat, s)).run(seat.at().in("refresh")), SUM_IS_ONE);
  }

  @Test
  void aMissingRefreshIsCaught() {
    assertThatThrownBy(() -> Enumeration.hidesFromCaller(ViewsTest::parts, SUM_IS_ONE))
        .hasMessageContaining("the caller");
  }
}
