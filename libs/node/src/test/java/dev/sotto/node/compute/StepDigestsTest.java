package dev.sotto.node.compute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.digest.Tolerance;
import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.digest.Digest;
import dev.sotto.mpc.digest.Point;
import dev.sotto.mpc.digest.Projection;
import dev.sotto.node.testing.SmallShards;
import dev.sotto.ring.Words;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
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

  private static final int CHEATED = 4;

  private static RecordedRun digested(Map<Role, Shard> lane, long keys, RecordedRun.Liar liar)
      throws Exception {
    RecordedRun run = LaneNoise.run(lane, keys, steps()).digestedBy(seed(9)).with(liar);
    run.run();
    return run;
  }

  private static final RecordedRun.Liar NOBODY = new RecordedRun.Liar() {};

  private static byte[] stepDigest(RecordedRun run, int step) {
    BitSet bits = new BitSet();
    long[] all = run.digest();
    for (int i = 0; i < DigestPoint.STEP_BITS; i++) {
      bits.set(i, all[step * DigestPoint.STEP_BITS + i] == 1);
    }
    return Arrays.copyOf(bits.toByteArray(), DigestPoint.STEP_BYTES);
  }

  private static int distance(RecordedRun a, RecordedRun b, DigestPoint point, int step) {
    return point.distance(stepDigest(a, step), stepDigest(b, step));
  }

  /** Steps at which two lanes' digests are further apart than honest rounding leaves them. */
  private static Set<Integer> foundAt(RecordedRun a, RecordedRun b, DigestPoint point) {
    Set<Integer> steps = new TreeSet<>();
    for (int step = 0; step < STEPS; step++) {
      if (distance(a, b, point, step) > Tolerance.most(point, 1)) {
        steps.add(step);
      }
    }
    return steps;
  }

  @Test
  void pointsAreThoseOfTheContract() {
    List<Point> points = LaneNoise.points(first);
    assertThat(points.stream().map(Point::bits))
        .containsExactly(DigestPoint.FINAL_STATE.bits(), DigestPoint.LOGITS.bits());
    assertThat(Digest.bits(points)).isEqualTo(DigestPoint.STEP_BITS);
    assertThat(DigestPoint.FINAL_STATE.honestPart()).isEqualTo(Point.HONEST_STATE_BITS);
    assertThat(DigestPoint.LOGITS.honestPart()).isEqualTo(Point.HONEST_LOGIT_BITS);
    assertThat(StepDigests.MOST_KEPT).isEqualTo(StepPlan.DIGEST_WINDOW);
  }

  @Test
  void honestLanesAreClose() throws Exception {
    RecordedRun a = digested(first, 1, NOBODY);
    RecordedRun b = digested(second, 2, NOBODY);
    List<Point> points = LaneNoise.points(first);
    for (DigestPoint point : DigestPoint.values()) {
      assertThat(foundAt(a, b, point)).isEmpty();
    }
    for (int step = 0; step < STEPS; step++) {
      LaneNoise.Difference d = LaneNoise.between(a, b, points, step, seed(9));
      assertThat(d.state()).isPositive().isLessThan(Point.HONEST_STATE / 2);
      assertThat(d.centred()).isPositive().isLessThan(Point.HONEST_LOGITS / 2);
      assertThat(turned(a, points, step)).isLessThanOrEqualTo(DigestPoint.MOST_TURNED);
      assertThat(turned(b, points, step)).isLessThanOrEqualTo(DigestPoint.MOST_TURNED);
    }
  }

  /** Bits in which a lane's digest of its logits is not that of what the enclave opened. */
  private static int turned(RecordedRun run, List<Point> points, int step) {
    long[] own = new Projection(seed(9), step, points.get(1)).bits(run.logits(step));
    long[] all = run.digest();
    int from = step * DigestPoint.STEP_BITS + DigestPoint.LOGITS.firstBit();
    return LaneNoise.distance(own, Arrays.copyOfRange(all, from, from + own.length));
  }

  private static StageProgram.Output.Logits withOneLogit(
      StageProgram.Output.Logits honest, double more) {
    long[] words = honest.share().words().clone();
    words[123] =
        (words[123] + Math.round(Math.scalb(more, 12))) & Words.mask(honest.share().ring());
    return new StageProgram.Output.Logits(
        new Share(words, honest.share().ring(), 12), honest.state());
  }

  @Test
  void aConstantOnOneLogitIsFound() throws Exception {
    RecordedRun.Liar liar =
        new RecordedRun.Liar() {
          @Override
          public StageProgram.Output.Logits output(
              Role role, int serial, StageProgram.Output.Logits honest) {
            boolean lies = role == Role.EVALUATOR_1 && serial == CHEATED;
            return lies ? withOneLogit(honest, 6) : honest;
          }
        };
    RecordedRun a = digested(first, 1, NOBODY);
    RecordedRun b = digested(second, 2, liar);
    assertThat(foundAt(a, b, DigestPoint.LOGITS)).containsExactly(CHEATED);
    assertThat(foundAt(a, b, DigestPoint.FINAL_STATE)).isEmpty();
  }

  /** It digests what it kept, and sends the caller something else. */
  @Test
  void aLogitThatIsSentButNotDigestedIsFoundByTheEnclave() throws Exception {
    RecordedRun a = digested(first, 1, NOBODY);
    List<Point> points = LaneNoise.points(first);
    long[] sent = a.logits(CHEATED);
    sent[123] += 1 << 11; // half a logit: what two lanes could honestly differ by
    long[] own = new Projection(seed(9), CHEATED, points.get(1)).bits(sent);
    long[] all = a.digest();
    int from = CHEATED * DigestPoint.STEP_BITS + DigestPoint.LOGITS.firstBit();
    assertThat(LaneNoise.distance(own, Arrays.copyOfRange(all, from, from + own.length)))
        .isGreaterThan(DigestPoint.MOST_TURNED);
  }

  /** Alters one byte of one message: of what the first norm opens, after the look-up's two. */
  private static final class OneByte implements RecordedRun.Liar {
    private int messages;

    @Override
    public synchronized byte[] sends(Role role, int serial, byte[] honest) {
      if (role == Role.EVALUATOR_0 && serial == CHEATED && messages++ == 2) {
        honest[honest.length / 2] ^= 0x40;
      }
      return honest;
    }
  }

  /** Deals one step's tables wrong. */
  private static final class WrongTables implements RecordedRun.Liar {
    @Override
    public byte[] sends(Role role, int serial, byte[] honest) {
      for (int i = 0; role == Role.DEALER && serial == CHEATED && i < honest.length; i++) {
        honest[i] ^= 0x40;
      }
      return honest;
    }
  }

  @Test
  void anAlteredHiddenStateIsFound() throws Exception {
    RecordedRun a = digested(first, 1, NOBODY);
    RecordedRun b = digested(second, 2, new OneByte());
    assertThat(foundAt(a, b, DigestPoint.FINAL_STATE))
        .contains(CHEATED)
        .doesNotContain(CHEATED - 1);
    assertThat(foundAt(a, b, DigestPoint.LOGITS)).contains(CHEATED);
  }

  @Test
  void aDealerWithWrongTablesIsFound() throws Exception {
    RecordedRun a = digested(first, 1, NOBODY);
    RecordedRun b = digested(second, 2, new WrongTables());
    assertThat(foundAt(a, b, DigestPoint.FINAL_STATE))
        .contains(CHEATED)
        .doesNotContain(CHEATED - 1);
  }

  /** Lanes that are fed different prompts differ as if one lied: nobody can tell these apart. */
  @Test
  void anotherPromptLooksLikeALie() throws Exception {
    int[][] steps = steps();
    steps[0][3] = (steps[0][3] + 1) % 300;
    RecordedRun a = digested(first, 1, NOBODY);
    RecordedRun b = LaneNoise.run(second, 2, steps).digestedBy(seed(9));
    b.run();
    assertThat(foundAt(a, b, DigestPoint.LOGITS)).isNotEmpty();
  }
}
