package dev.sotto.node.compute;

import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.digest.Point;
import dev.sotto.mpc.digest.Projection;
import dev.sotto.node.Node;
import dev.sotto.ring.Words;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * What honest lanes differ by: the same tokens through two lanes, step by step. As a program it
 * measures a model that is not made up: the first argument is a folder of shards, with their public
 * part beside them, the others are texts; one line a step.
 */
final class LaneNoise {
  private LaneNoise() {}

  /**
   * One step's difference.
   *
   * @param state root of the mean square of the final states' differences
   * @param centred likewise of the mean-centred logits'
   * @param logits likewise of the logits'
   * @param largest difference of a mean-centred logit
   * @param stateBits bits of the final states' digests that differ
   * @param logitBits likewise of the logits'
   */
  record Difference(
      double state, double centred, double logits, double largest, int stateBits, int logitBits) {}

  /** A lane's run, under keys from a seed. */
  static RecordedRun run(Map<Role, Shard> shards, long keys, int[]... steps) throws Exception {
    Map<Pair, byte[]> all = new EnumMap<>(Pair.class);
    Random random = new Random(keys);
    for (Pair pair : Pair.values()) {
      byte[] key = new byte[16];
      random.nextBytes(key);
      all.put(pair, key);
    }
    SecureRandom lookUps = SecureRandom.getInstance("SHA1PRNG");
    lookUps.setSeed(keys);
    Shard dealer = Objects.requireNonNull(shards.get(Role.DEALER));
    return new RecordedRun(shards, Node.plan(dealer.header().config()), all, lookUps, steps);
  }

  /** The points of a shard's model. */
  static List<Point> points(Map<Role, Shard> shards) {
    return StepDigests.points(Objects.requireNonNull(shards.get(Role.DEALER)).header().config());
  }

  /** What two finished runs differ by in a step. */
  static Difference between(
      RecordedRun a, RecordedRun b, List<Point> points, int step, byte[] seed) {
    double[] state = difference(a.state(step), b.state(step), points.get(0), 14);
    double[] logits = difference(a.logits(step), b.logits(step), points.get(1), 12);
    double mean = Arrays.stream(logits).average().orElse(0);
    double[] centred = Arrays.stream(logits).map(d -> d - mean).toArray();
    Projection ofState = new Projection(seed, step, points.get(0));
    Projection ofLogits = new Projection(seed, step, points.get(1));
    return new Difference(
        rms(state),
        rms(centred),
        rms(logits),
        Arrays.stream(centred).map(Math::abs).max().orElse(0),
        distance(ofState.bits(a.state(step)), ofState.bits(b.state(step))),
        distance(ofLogits.bits(a.logits(step)), ofLogits.bits(b.logits(step))));
  }

  static int distance(long[] a, long[] b) {
    int differ = 0;
    for (int i = 0; i < a.length; i++) {
      differ += a[i] == b[i] ? 0 : 1;
    }
    return differ;
  }

  private static double[] difference(long[] a, long[] b, Point point, int fraction) {
    double[] d = new double[a.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = Math.scalb((double) Words.signed(a[i] - b[i], point.ring()), -fraction);
    }
    return d;
  }

  private static double rms(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(v -> v * v).average().orElse(0));
  }

  /** Measures. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    ShardSet set = ShardSet.find(folder, 1).orElseThrow();
    Map<Role, Shard> shards = new EnumMap<>(Role.class);
    shards.put(Role.DEALER, Shard.open(set.file(ShardRole.DEALER, 0), ShardRole.DEALER));
    shards.put(
        Role.EVALUATOR_0, Shard.open(set.file(ShardRole.EVALUATOR_0, 0), ShardRole.EVALUATOR_0));
    shards.put(
        Role.EVALUATOR_1, Shard.open(set.file(ShardRole.EVALUATOR_1, 0), ShardRole.EVALUATOR_1));
    List<Point> points = points(shards);
    PublicPart part = PublicPart.read(folder.resolve("model.json"));
    System.out.println("text step state logits largest state-bits logit-bits");
    for (int t = 1; t < arguments.length; t++) {
      int[][] steps;
      try (Tokenizer tokenizer = part.tokenizer()) {
        steps = steps(tokenizer.encode(arguments[t], true));
      }
      RecordedRun a = run(shards, 2L * t, steps);
      RecordedRun b = run(shards, 2L * t + 1, steps);
      a.run();
      b.run();
      byte[] seed = new byte[Projection.SEED_BYTES];
      new SecureRandom().nextBytes(seed);
      for (int step = 0; step < steps.length; step++) {
        Difference d = between(a, b, points, step, seed);
        System.out.printf(
            Locale.ROOT,
            "%d %d %.5f %.5f %.5f %.4f %d %d%n",
            t,
            step,
            d.state,
            d.centred,
            d.logits,
            d.largest,
            d.stateBits,
            d.logitBits);
      }
    }
    shards.values().forEach(Shard::close);
  }

  /** Half of it at once, the rest token by token. */
  private static int[][] steps(int[] tokens) {
    List<int[]> steps = new ArrayList<>();
    int half = Math.max(1, tokens.length / 2);
    steps.add(Arrays.copyOf(tokens, half));
    for (int i = half; i < tokens.length; i++) {
      steps.add(new int[] {tokens[i]});
    }
    return steps.toArray(new int[0][]);
  }
}
