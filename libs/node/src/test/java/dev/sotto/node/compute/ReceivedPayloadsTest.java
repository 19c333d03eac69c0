package dev.sotto.node.compute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.node.Node;
import dev.sotto.node.testing.SmallShards;
import java.io.IOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What each role receives while a model answers looks uniform, and so does what changes when
 * another prompt is asked. The same tests see at once when two runs share their masks.
 */
class ReceivedPayloadsTest {
  private static final long SEED = 4_711;
  private static final int PROMPT = 64;

  /**
   * Rows of each later step. Eight rows of any width end with a whole byte; the zeros that fill the
   * last byte of fewer are no secret, but these tests would rightly call them uneven.
   */
  private static final int ROWS = 8;

  private static final int LATER_STEPS = 3;

  @TempDir private Path folder;
  private final Map<Role, Shard> shards = new HashMap<>();

  @BeforeEach
  void cut() throws IOException {
    ShardSet set = SmallShards.cut(folder);
    for (Role role : Role.values()) {
      shards.put(role, SmallShards.open(set, role));
    }
  }

  @AfterEach
  void close() {
    shards.values().forEach(Shard::close);
  }

  private RecordedRun run(long keys, long prompt) throws Exception {
    Map<Pair, byte[]> all = new EnumMap<>(Pair.class);
    Random random = new Random(keys);
    for (Pair pair : Pair.values()) {
      byte[] key = new byte[16];
      random.nextBytes(key);
      all.put(pair, key);
    }
    int[] tokens = new Random(prompt).ints(PROMPT + LATER_STEPS * ROWS, 0, 300).toArray();
    int[][] steps = new int[1 + LATER_STEPS][];
    steps[0] = Arrays.copyOf(tokens, PROMPT);
    for (int i = 1; i < steps.length; i++) {
      int from = PROMPT + (i - 1) * ROWS;
      steps[i] = Arrays.copyOfRange(tokens, from, from + ROWS);
    }
    Shard dealer = Objects.requireNonNull(shards.get(Role.DEALER));
    RingPlan plan = Node.plan(dealer.header().config());
    RecordedRun run = new RecordedRun(shards, plan, all, seeded(keys ^ prompt), steps);
    assertThat(run.run()).hasSize(300);
    return run;
  }

  /** Draws that repeat: a false alarm could not come and go. */
  private static SecureRandom seeded(long seed) throws NoSuchAlgorithmException {
    SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
    random.setSeed(seed);
    return random;
  }

  @Test
  void whatEachRoleReceivesLooksUniform() throws Exception {
    RecordedRun one = run(SEED, 1);
    RecordedRun other = run(SEED + 1, 2);
    for (Role role : Role.values()) {
      byte[] a = one.received(role);
      byte[] b = other.received(role);
      assertThat(a.length).as("bytes of " + role).isGreaterThan(10_000);
      assertThat(b).hasSameSizeAs(a);
      assertThat(Randomness.complaint(a)).as(role + " received").isEmpty();
      assertThat(Randomness.complaint(xor(a, b))).as(role + ", exclusive or").isEmpty();
      assertThat(Randomness.complaint(minus(a, b))).as(role + ", difference").isEmpty();
    }
    assertThat(one.received(Role.EVALUATOR_0).length)
        .as("for pairs of bytes")
        .isGreaterThan(700_000);
  }

  @Test
  void sharedMasksWouldShow() throws Exception {
    RecordedRun one = run(SEED, 1);
    RecordedRun other = run(SEED, 2);
    for (Role role : new Role[] {Role.EVALUATOR_0, Role.EVALUATOR_1}) {
      byte[] a = one.received(role);
      byte[] b = other.received(role);
      assertThat(Randomness.complaint(a)).isEmpty();
      assertThat(Randomness.complaint(xor(a, b))).as(role + " with one mask").isNotEmpty();
      assertThat(Randomness.complaint(minus(a, b))).as(role + " with one mask").isNotEmpty();
    }
  }

  private static byte[] xor(byte[] a, byte[] b) {
    byte[] out = new byte[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (a[i] ^ b[i]);
    }
    return out;
  }

  /** As one long number each. */
  private static byte[] minus(byte[] a, byte[] b) {
    byte[] out = new byte[a.length];
    int borrow = 0;
    for (int i = 0; i < out.length; i++) {
      int d = (a[i] & 0xff) - (b[i] & 0xff) - borrow;
      borrow = d < 0 ? 1 : 0;
      out[i] = (byte) d;
    }
    return out;
  }
}
