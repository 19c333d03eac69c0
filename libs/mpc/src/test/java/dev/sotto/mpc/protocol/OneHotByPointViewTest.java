package dev.sotto.mpc.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.dpf.BitPoint;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.VectorKernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * What {@link OneHotByPoint} sends is the corrections of its points, under roots that serve one
 * point each, and nothing else; {@code PointViewTest} shows that those hide the points.
 */
class OneHotByPointViewTest {
  private static final int COUNT = 50;
  private static final int BITS = 11;

  /** A role's draws, by pair, in their order. */
  private static Streams recorded(Streams streams, Map<Pair, List<long[]>> draws) {
    return new Streams() {
      @Override
      public void words(
          Pair pair, long domain, int serial, int ring, long[] out, int from, int count) {
        streams.words(pair, domain, serial, ring, out, from, count);
        draws
            .computeIfAbsent(pair, p -> new ArrayList<>())
            .add(java.util.Arrays.copyOfRange(out, from, from + count));
      }

      @Override
      public Streams reader() {
        return recorded(streams.reader(), draws);
      }
    };
  }

  @Test
  void nothingButCorrectionsUnderFreshRoots() {
    Map<Role, Map<Pair, List<long[]>>> draws = new ConcurrentHashMap<>();
    for (Role role : Role.values()) {
      draws.put(role, new EnumMap<>(Pair.class));
    }
    ConcurrentLinkedQueue<Map.Entry<Role, byte[]>> sent = new ConcurrentLinkedQueue<>();
    Three three =
        new Three(
            role -> recorded(Three.streams(role, 7), of(draws, role)),
            new VectorKernels(),
            (role, bytes) -> sent.add(Map.entry(role, bytes)));
    long[] positions = new Random(8).longs(COUNT, 0, 1 << BITS).toArray();
    Set<Long> seen = new HashSet<>();
    for (int step = 0; step < 3; step++) {
      draws.values().forEach(Map::clear);
      sent.clear();
      three.run(at -> new OneHotByPoint(positions, COUNT, BITS).run(at));

      byte[] roots0 = roots(of(of(draws, Role.DEALER), Pair.DEALER_EVALUATOR_0), seen);
      byte[] roots1 = roots(of(of(draws, Role.DEALER), Pair.DEALER_EVALUATOR_1), seen);
      byte[] corrections = new byte[COUNT * BitPoint.correctionBytes(BITS)];
      int[] points = java.util.stream.LongStream.of(positions).mapToInt(p -> (int) p).toArray();
      new BitPoint(BITS).generate(points, COUNT, roots0, roots1, corrections, 0);
      assertThat(sent).extracting(Map.Entry::getKey).containsExactly(Role.DEALER, Role.EVALUATOR_1);
      assertThat(sent).extracting(Map.Entry::getValue).containsOnly(corrections);
      assertThat(of(draws, Role.EVALUATOR_0).keySet()).containsExactly(Pair.DEALER_EVALUATOR_0);
      assertThat(of(draws, Role.EVALUATOR_1).keySet()).containsExactly(Pair.DEALER_EVALUATOR_1);
    }
    assertThat(seen).hasSize(3 * 2 * 2 * COUNT); // over all steps no word is in two roots
  }

  private static <K, V> V of(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key));
  }

  private static byte[] roots(List<long[]> draws, Set<Long> seen) {
    assertThat(draws).hasSize(1);
    long[] words = draws.getFirst();
    for (long word : words) {
      seen.add(word);
    }
    byte[] out = new byte[8 * words.length];
    ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(words);
    return out;
  }
}
