package dev.sotto.mpc.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.testing.Defects;
import dev.sotto.mpc.testing.Enumeration;
import dev.sotto.mpc.testing.ExactView;
import dev.sotto.mpc.testing.Secrets;
import dev.sotto.mpc.testing.Three;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests under sharing are those in the clear, cost what they claim, and show nobody anything. */
class DigestTest {
  private static final byte[] SEED =
      "sixteen bytes ok".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private static long[] values(Point point, long seed) {
    long half = 1L << (point.ring() - 1);
    return new Random(seed).longs(point.size(), -half, half).toArray();
  }

  private static long[] pad(int bits, long seed) {
    return new Random(seed).ints(bits, 0, 2).asLongStream().toArray();
  }

  private static long[] xor(long[] a, long[] b) {
    long[] out = new long[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] ^ b[i];
    }
    return out;
  }

  private static int ones(long[] bits) {
    return (int) LongStream.of(bits).filter(b -> b == 1).count();
  }

  private record Run(long[] padded, Claim claim, Three three) {}

  /** All points of a step at three seats; each evaluator with its own share of the pad. */
  private static Run run(List<Point> points, List<long[]> secrets, long[] pad0, long[] pad1) {
    Claim[] claim = new Claim[1];
    Three three = new Three(51);
    Three.Parts<Share> parts =
        three.run(
            at -> {
              Digest d =
                  at.deals()
                      ? Digest.shape(points)
                      : new Digest(parts(at, points, secrets), at.first() ? pad0 : pad1);
              if (at.first()) {
                claim[0] = d.claim();
              }
              return d.run(at.in("digest"));
            });
    return new Run(xor(parts.first().words(), parts.second().words()), claim[0], three);
  }

  private static List<Digest.Part> parts(Scope at, List<Point> points, List<long[]> secrets) {
    return java.util.stream.IntStream.range(0, points.size())
        .mapToObj(
            i -> {
              Point p = points.get(i);
              Share share = Three.input(at, secrets.get(i), p.ring(), 0, 100 + i);
              return new Digest.Part(p, share, new Projection(SEED, 4, p));
            })
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64, 1000, 49_152})
  void isTheDigestOfTheValuesUnderThePad(int vocab) {
    List<Point> points = List.of(Point.finalState(576), Point.logits(vocab));
    List<long[]> secrets = List.of(values(points.get(0), 1), values(points.get(1), 2));
    int bits = Digest.bits(points);
    long[] pad0 = pad(bits, 3);
    long[] pad1 = pad(bits, 4);
    Run run = run(points, secrets, pad0, pad1);
    long[] got = xor(run.padded, xor(pad0, pad1));
    long[] want =
        LongStream.concat(
                LongStream.of(new Projection(SEED, 4, points.get(0)).bits(secrets.get(0))),
                LongStream.of(new Projection(SEED, 4, points.get(1)).bits(secrets.get(1))))
            .toArray();
    assertThat(ones(xor(got, want))).isLessThanOrEqualTo(8); // a bit in 2^13 honestly differs
    assertThat(run.claim.rounds()).isEqualTo(2);
    run.three.assertCounted(run.claim);
  }

  @Test
  void costsWhatIsStated() {
    Claim c = Digest.claim(List.of(Point.finalState(576), Point.logits(49_152)));
    assertThat(c.rounds()).isEqualTo(2);
    assertThat(8.0 * c.opened() / 1152).isEqualTo(18);
    assertThat(c.dealt() / 1152.0).isEqualTo(14);
  }

  /**
   * Every value of the ring that a projection is cut to: right but for one unit of the last place.
   */
  @Test
  void isRightOverTheWholeRing() {
    int all = 1 << Point.RESOLUTION;
    for (int x = 0; x < all; x += 509) {
      Point point = new Point("whole", 1, Point.RESOLUTION, all, 256, false);
      long[] secret = {x};
      Projection r = new Projection(SEED, 4, point);
      long[] got = run(List.of(point), List.of(secret), new long[all], new long[all]).padded;
      long[] projected = r.of(secret);
      for (int i = 0; i < all; i++) {
        long z = projected[i] + r.dither()[i];
        long exact = z >>> (Point.RESOLUTION - 1) & 1;
        long up = (z + 1) >>> (Point.RESOLUTION - 1) & 1;
        assertThat(got[i]).as("%d in row %d", x, i).isIn(exact, up);
      }
    }
  }

  private static final List<Point> SMALL =
      List.of(new Point("state", 40, 24, 16, 200, false), new Point("logits", 50, 22, 24, 9, true));

  /** Two windows' worth of digests over secrets that differ between the runs. */
  private record Job() implements ExactView.Job {
    @Override
    public int steps() {
      return 2;
    }

    @Override
    public Object step(Scope at, int step, Secrets secrets) {
      List<Digest.Part> parts =
          SMALL.stream()
              .map(
                  p ->
                      new Digest.Part(
                          p,
                          secrets.share(at, p.name() + step, p.size(), p.ring(), 0),
                          at.deals() ? null : new Projection(SEED, step, p)))
              .toList();
      long[] pad = at.deals() ? new long[0] : secrets.bits(at, "pad" + step, 40, 1);
      return new Digest(parts, pad).run(at.in("digest"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void noRoleLearnsAnything(Role observed) {
    ExactView.Result r = ExactView.check(new Job(), observed);
    assertThat(r.messages()).isPositive();
  }

  @Test
  void aPadOfTheProtocolThatIsMissingIsCaught() {
    assertThatThrownBy(
            () ->
                ExactView.check(
                    new Job(), Role.EVALUATOR_0, Defects.noPad(Pair.DEALER_EVALUATOR_1)))
        .isInstanceOf(AssertionError.class);
  }

  /** A bit in two shares, under a pad in two shares: published, both are uniform whatever it is. */
  @Test
  void whoSeesBothPaddedSharesLearnsNothing() {
    Enumeration.hidesFromCaller(
        (Enumeration.Seat seat, Long s) -> published(seat, s, true), List.of(0L, 1L));
  }

  @Test
  void aPadThatIsLeftOutIsCaught() {
    assertThatThrownBy(
            () ->
                Enumeration.hidesFromCaller(
                    (Enumeration.Seat seat, Long s) -> published(seat, s, false), List.of(0L, 1L)))
        .hasMessageContaining("the caller");
  }

  private static Share published(Enumeration.Seat seat, long digest, boolean padded) {
    Scope at = seat.at();
    long[] bits = seat.bits("digest", digest, 1);
    if (at.deals()) {
      return Share.shape(1, 1, 0);
    }
    Pair pair = at.first() ? Pair.DEALER_EVALUATOR_0 : Pair.DEALER_EVALUATOR_1;
    long[] pad = padded ? at.stream(pair, 1, 1) : new long[1];
    return new Digest(List.of(), pad).padded(new Share(bits, 1, 0));
  }

  @Test
  void aPadThatDoesNotFitIsRefused() {
    assertThatThrownBy(
            () -> new Digest(List.of(), new long[3]).padded(new Share(new long[4], 1, 0)))
        .hasMessageContaining("a pad of 3 bits for a digest of 4");
  }

  @Test
  void aShareOfAnotherShapeIsRefused() {
    Point point = Point.finalState(8);
    assertThatThrownBy(() -> new Digest.Part(point, Share.shape(8, 22, 0), null))
        .hasMessageContaining("is not one of");
  }
}
