package dev.sotto.mpc.digest;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Negative;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.ring.Words;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The padded digests of one step's vectors, from the shares that the evaluators have kept: bit r of
 * a point is the sign of R_r·v + w_r, XORed with a bit of a one-time pad. Two rounds; 18 bits
 * opened and 14 bytes dealt a bit. The dealer needs the points only, neither R nor anything else:
 * it deals ahead, with the step itself.
 *
 * <p>Why it is right: R·v is linear, so each evaluator projects its own share; cutting to {@link
 * Point#RESOLUTION} bits is exact up to one unit of the last place, which turns a bit in 2^13;
 * {@link Negative} is exact. No range is assumed: all wraps.
 *
 * <p>Why it hides: one opening under fresh masks and {@link Negative}; the digest stays XOR-shared.
 * Each evaluator XORs in its share of the pad, which a third party dealt: whoever has both padded
 * shares has the digest under a one-time pad, and two lanes' with the same pad their distance.
 *
 * @param parts the step's points, in the order of the digest's bits
 * @param pad this evaluator's XOR share of the pad, 0 or 1 each; empty at the dealer
 */
public record Digest(List<Part> parts, long[] pad) implements Protocol<Share> {
  /**
   * One vector.
   *
   * @param point its shape
   * @param share an evaluator's share of it; the dealer's shape
   * @param projection of this point, drawn from a seed that is younger than the share; null at the
   *     dealer
   */
  public record Part(Point point, Share share, @Nullable Projection projection) {
    /** Checks that they belong together. */
    public Part {
      if (share.size() != point.size()
          || share.ring() != point.ring()
          || (projection != null && !projection.point().equals(point))) {
        throw new IllegalArgumentException(share + " is not one of " + point);
      }
    }

    /** What the dealer has of it. */
    public static Part shape(Point point) {
      return new Part(point, Share.shape(point.size(), point.ring(), 0), null);
    }
  }

  /** Copies. */
  public Digest {
    parts = List.copyOf(parts);
  }

  /** At the dealer. */
  public static Digest shape(List<Point> points) {
    return new Digest(points.stream().map(Part::shape).toList(), new long[0]);
  }

  /** Bits of all points together. */
  public static int bits(List<Point> points) {
    return points.stream().mapToInt(Point::bits).sum();
  }

  /** The claim for points, from shapes alone. */
  public static Claim claim(List<Point> points) {
    int count = bits(points);
    return Claim.opening(count, Point.RESOLUTION).then(Negative.claim(count, Point.RESOLUTION, 1));
  }

  @Override
  public Claim claim() {
    return claim(parts.stream().map(Part::point).toList());
  }

  /** XOR shares of the padded bits, in 2^1. [bits of all points] */
  @Override
  public Share run(Scope at) {
    List<Share> cut = new ArrayList<>();
    for (Part part : parts) {
      Share projected = projected(at, part); // (1) R·v + w, local
      cut.add(
          new TruncateReduce(projected, part.point.ring() - Point.RESOLUTION)
              .run(at.in(part.point.name()))); // (2) as few bits as will do
    }
    Opening o = at.opening();
    Wire wire = o.words("projected", joined(at, cut));
    o.run(); // (3)
    Share sign = new Negative(wire, 1).run(at.in("sign")); // (4)
    return at.deals() ? sign : padded(sign); // (5)
  }

  /** XORs this evaluator's share of the pad into its share of the bits. Local. */
  Share padded(Share sign) {
    if (pad.length != sign.size()) {
      throw new IllegalArgumentException(
          "a pad of %d bits for a digest of %d".formatted(pad.length, sign.size()));
    }
    long[] padded = sign.words().clone();
    for (int i = 0; i < padded.length; i++) {
      padded[i] ^= pad[i] & 1;
    }
    return new Share(padded, 1, 0);
  }

  private static Share projected(Scope at, Part part) {
    int ring = part.point.ring();
    if (at.deals()) {
      return Share.shape(part.point.bits(), ring, 0);
    }
    Projection r = part.projection;
    if (r == null) {
      throw new IllegalArgumentException("an evaluator needs the projection of " + part.point);
    }
    long[] z = r.of(part.share.words());
    if (at.first()) {
      for (int i = 0; i < z.length; i++) {
        z[i] += r.dither()[i];
      }
    }
    Words.reduce(z, ring);
    return new Share(z, ring, 0);
  }

  private static Share joined(Scope at, List<Share> parts) {
    int count = parts.stream().mapToInt(Share::size).sum();
    if (at.deals()) {
      return Share.shape(count, Point.RESOLUTION, 0);
    }
    long[] all = new long[count];
    int from = 0;
    for (Share part : parts) {
      System.arraycopy(part.words(), 0, all, from, part.size());
      from += part.size();
    }
    return new Share(all, Point.RESOLUTION, 0);
  }

  @Override
  public String toString() {
    return "Digest" + parts.stream().map(Part::point).toList();
  }
}
