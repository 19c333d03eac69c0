package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.testing.Secrets;
import dev.sotto.mpc.testing.Three;
import dev.sotto.mpc.testing.Trace;
import dev.sotto.ring.VectorKernels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Over a prefill and several decoded tokens no stream word is used for two values. */
class FreshnessTest {
  /** Draws of one role: those of the program, and those that a product with a matrix repeats. */
  private static final class Draws {
    private final Set<Trace.Place> once = new HashSet<>();
    private final List<Trace.Place> twice = new ArrayList<>();
    private final Map<Trace.Place, long[]> ahead = new HashMap<>();
    private final Map<Trace.Place, long[]> words = new HashMap<>();

    Streams over(Streams streams) {
      return new Streams() {
        @Override
        public void words(
            Pair pair, long domain, int serial, int ring, long[] out, int from, int count) {
          streams.words(pair, domain, serial, ring, out, from, count);
          Trace.Place place = new Trace.Place(pair, domain, serial);
          long[] copy = java.util.Arrays.copyOfRange(out, from, from + count);
          if (forAProduct()) {
            ahead.put(place, copy);
          } else if (once.add(place)) {
            words.put(place, copy);
          } else {
            twice.add(place);
          }
        }

        @Override
        public Streams reader() {
          return over(streams.reader());
        }
      };
    }

    private static boolean forAProduct() {
      return StackWalker.getInstance()
          .walk(
              frames ->
                  frames.anyMatch(f -> f.getClassName().equals(MaskProducts.class.getName())));
    }
  }

  private record Ran(Map<Role, Draws> draws, List<Long> outputs) {}

  private static Ran run(int ahead) {
    BlockJob job = new BlockJob(BlockJob.Size.TINY, 4, 6, false, ahead);
    Map<Role, Draws> draws = new ConcurrentHashMap<>();
    Three three =
        new Three(
            role -> draws.computeIfAbsent(role, r -> new Draws()).over(Three.streams(role, 61)),
            new VectorKernels());
    Secrets secrets = Secrets.any();
    List<Long> outputs = new ArrayList<>();
    for (int i = 0; i < job.steps(); i++) {
      int step = i;
      Three.Parts<Object> parts = three.run(at -> job.step(at, step, secrets));
      for (long w :
          Three.words(
              new Three.Parts<>(
                  (Share) parts.dealer(), (Share) parts.first(), (Share) parts.second()))) {
        outputs.add(w);
      }
    }
    return new Ran(draws, outputs);
  }

  @Test
  void noStreamIsReadForTwoUses() {
    Ran ran = run(3);
    Map<Trace.Place, long[]> all = new HashMap<>();
    ran.draws.forEach(
        (role, draws) -> {
          assertThat(draws.twice).as(role + " draws again").isEmpty();
          assertThat(draws.ahead).as(role + " makes products ahead").isNotEmpty();
          // both roles of a pair read the same; a product's masks are those of its wire
          draws.words.forEach(
              (place, words) -> {
                long[] other = all.putIfAbsent(place, words);
                if (other != null) {
                  assertThat(words).isEqualTo(other);
                }
                long[] ahead = draws.ahead.get(place);
                if (ahead != null) {
                  assertThat(ahead).isEqualTo(words);
                }
              });
        });
    // words of 40 bits and more: none comes up at two places
    Set<Long> seen = new HashSet<>();
    all.values()
        .forEach(
            words -> {
              for (long w : words) {
                if (w >>> 40 != 0) {
                  assertThat(seen.add(w)).as("a word at two places").isTrue();
                }
              }
            });
    assertThat(seen.size()).isGreaterThan(1000);
  }

  @Test
  void productsMadeAheadChangeNothing() {
    assertThat(run(4).outputs).isEqualTo(run(1).outputs);
  }
}
