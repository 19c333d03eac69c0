package dev.sotto.node.compute;

import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.digest.Digest;
import dev.sotto.mpc.digest.Point;
import dev.sotto.mpc.digest.Projection;
import dev.sotto.node.testing.SmallShards;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two lanes of a small model, each with its own sharing, digest what they have answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepDigestsTest {
  private static final int STEPS = 10;
  private final Map<Role, Shard> first = new EnumMap<>(Role.class);
  private final Map<Role, Shard> second = new EnumMap<>(Role.class);

  @BeforeAll
  void cut(@TempDir Path one, @TempDir Path other) throws Exception {
    ShardSet a = SmallShards.cut(one);
    ShardSet b = SmallShards.cut(other);
    for (Role role : Role.values()) {
      first.put(role, SmallShards.open(a, role));
      second.put(role, SmallShards.open(b, role));
    }
  }

  @AfterAll
  void close() {
    first.values().forEach(Shard::close);
    second.values().forEach(Shard::close);
  }

  private static int[][] steps() {
    Random random = new Random(5);
    int[][] steps = new int[STEPS][];
    for (int i = 0; i < STEPS; i++) {
      steps[i] = random.ints(i == 0 ? 20 : 1, 0, 300).toArray();
    }
    return steps;
  }

  static byte[] seed(long number) {
    byte[] seed = new byte[Projection.SEED_BYTES];
    new Random(number).nextBytes(seed);
    return seed;
  }

  @Test
  void noise() throws Exception {
    RecordedRun a = LaneNoise.run(first, 1, steps()).digestedBy(seed(9));
    RecordedRun b = LaneNoise.run(second, 2, steps()).digestedBy(seed(9));
    a.run();
    b.run();
    List<Point> points = LaneNoise.points(first);
    int bits = Digest.bits(points);
    for (int step = 0; step < STEPS; step++) {
      System.out.println(LaneNoise.between(a, b, points, step, seed(9)));
      long[] da = Arrays.copyOfRange(a.digest(), step * bits, (step + 1) * bits);
      long[] db = Arrays.copyOfRange(b.digest(), step * bits, (step + 1) * bits);
      System.out.println(LaneNoise.distance(da, db));
    }
  }
}
