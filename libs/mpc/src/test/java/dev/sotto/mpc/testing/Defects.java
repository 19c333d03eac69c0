package dev.sotto.mpc.testing;

import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Streams;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Broken streams: what a view test must catch. All seats have the same defect. */
public final class Defects {
  private Defects() {}

  /** What is done to words that were drawn. */
  private interface Change {
    void to(Pair pair, int ring, long[] words, int from, int count);
  }

  /** The pads of one pair never have their top bit set. */
  public static UnaryOperator<Streams> padABitShort(Pair broken) {
    return changed(
        (pair, ring, words, from, count) -> {
          for (int i = from; i < from + count; i++) {
            words[i] &= pair == broken ? (1L << (ring - 1)) - 1 : -1;
          }
        });
  }

  /** One pair's words are all zero. */
  public static UnaryOperator<Streams> noPad(Pair broken) {
    return changed(
        (pair, ring, words, from, count) -> {
          for (int i = from; i < from + count; i++) {
            words[i] &= pair == broken ? 0 : -1;
          }
        });
  }

  /** The second place that a pair draws at gets the words of the first. */
  public static UnaryOperator<Streams> sharedMask() {
    return streams -> {
      Map<Pair, List<Long>> places = new EnumMap<>(Pair.class);
      return over(
          streams,
          (pair, domain) -> {
            List<Long> seen = places.computeIfAbsent(pair, p -> new ArrayList<>());
            if (!seen.contains(domain)) {
              seen.add(domain);
            }
            return seen.indexOf(domain) == 1 ? seen.getFirst() : domain;
          },
          (pair, ring, words, from, count) -> {});
    };
  }

  private static UnaryOperator<Streams> changed(Change change) {
    return streams -> over(streams, (pair, domain) -> domain, change);
  }

  /** Which place's words a place gets. */
  private interface Place {
    long of(Pair pair, long domain);
  }

  private static Streams over(Streams streams, Place place, Change change) {
    return new Streams() {
      @Override
      public void words(
          Pair pair, long domain, int serial, int ring, long[] out, int from, int count) {
        streams.words(pair, place.of(pair, domain), serial, ring, out, from, count);
        change.to(pair, ring, out, from, count);
      }

      @Override
      public Streams reader() {
        return over(streams.reader(), place, change);
      }
    };
  }
}
