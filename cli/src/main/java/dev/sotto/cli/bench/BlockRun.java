package dev.sotto.cli.bench;

import dev.sotto.models.shard.Shard;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Meter;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.nn.Block;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.Step;
import dev.sotto.node.Node;
import dev.sotto.node.NodeSettings;
import dev.sotto.node.compute.SharedArithmetic;
import dev.sotto.node.compute.SharedValue;
import dev.sotto.node.compute.StageWeights;
import dev.sotto.ring.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;

/**
 * Blocks of a model at three seats of this process, fed step after step; what it took from one
 * moment to another. Moment 0 is the start, moment i the end of the i-th step.
 */
final class BlockRun {
  /** Decode steps whose mask products are made together: times are means over so many. */
  static final int STOCK = NodeSettings.DEFAULT.stepsAhead();

  private final Map<Role, Seen> roles;

  private BlockRun(Map<Role, Seen> roles) {
    this.roles = roles;
  }

  /** A moment at one role. */
  private record Mark(long nanos, int rounds, long dealt, long opened, long forwarded) {
    static Mark now(Session seat) {
      Meter.Count all = seat.meter().total();
      return new Mark(System.nanoTime(), all.rounds(), all.dealt(), all.opened(), all.forwarded());
    }
  }

  /**
   * One role's moments.
   *
   * @param kept what it holds between steps: caches, and products made ahead
   */
  private record Seen(List<Mark> marks, List<Object> kept) {}

  /**
   * Runs the first {@code layers} blocks of a stage.
   *
   * @param steps tokens of each step
   */
  static BlockRun of(OpenShards shards, int layers, long seed, Kernels kernels, int... steps) {
    try (Seats seats = new Seats(seed, kernels)) {
      CyclicBarrier together = new CyclicBarrier(Role.values().length);
      return new BlockRun(seats.run(seat -> run(seat, shards, layers, together, steps)));
    }
  }

  /** Steps that fill the caches up to {@code cached} tokens, 128 at a time, then single ones. */
  static int[] steps(int cached, int single) {
    return after(0, cached, single);
  }

  /** The same where {@code before} tokens are cached. */
  static int[] after(int before, int cached, int single) {
    List<Integer> steps = new ArrayList<>();
    for (int at = before; at < cached; at += steps.getLast()) {
      steps.add(Math.min(128, cached - at));
    }
    IntStream.range(0, single).forEach(i -> steps.add(1));
    return steps.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Seen run(
      Session seat, OpenShards shards, int layers, CyclicBarrier together, int... steps)
      throws Exception {
    Shard shard = shards.of(seat.role());
    ModelConfig config = shard.header().config();
    MaskProducts products = new MaskProducts(seat, STOCK);
    products.bound(steps.length - 1);
    SharedArithmetic arithmetic =
        new SharedArithmetic(seat, new StageWeights(shard), products, Node.plan(config), config);
    int first = shard.header().stage().firstLayer();
    List<Block<SharedValue>> blocks =
        IntStream.range(first, first + layers).mapToObj(Block<SharedValue>::new).toList();
    List<Mark> marks = new ArrayList<>();
    together.await();
    marks.add(Mark.now(seat));
    int position = 0;
    for (int serial = 0; serial < steps.length; serial++) {
      step(seat, arithmetic, blocks, config, new Step(serial, position, steps[serial]));
      position += steps[serial];
      marks.add(Mark.now(seat));
    }
    return new Seen(marks, List.of(arithmetic, products));
  }

  private static void step(
      Session seat,
      SharedArithmetic arithmetic,
      List<Block<SharedValue>> blocks,
      ModelConfig config,
      Step step) {
    seat.begin(step.serial());
    int size = step.tokens() * config.hidden();
    Share shape = SharedArithmetic.residualShape(size);
    Share input = MadeUp.share(seat.place("input"), size, shape.ring(), shape.fraction());
    SharedValue h = new SharedValue.Additive(input);
    for (Block<SharedValue> block : blocks) {
      h = block.run(arithmetic, h, step);
    }
    seat.end();
  }

  private Mark mark(Role role, int moment) {
    return Objects.requireNonNull(roles.get(role)).marks.get(moment);
  }

  /** Seconds from one moment to another, each of which is when the slowest role is there. */
  double seconds(int from, int to) {
    return (slowest(to) - slowest(from)) / 1e9;
  }

  private long slowest(int moment) {
    return Arrays.stream(Role.values()).mapToLong(r -> mark(r, moment).nanos).max().orElseThrow();
  }

  /** Seconds a step: the mean of each of {@code runs} successive stocks of single steps. */
  Runs stocks(int from, int runs) {
    return Runs.of(
        IntStream.range(0, runs)
            .mapToDouble(r -> seconds(from + r * STOCK, from + (r + 1) * STOCK) / STOCK)
            .toArray());
  }

  /** Messages between the evaluators that waited for one another. */
  int rounds(int from, int to) {
    return mark(Role.EVALUATOR_1, to).rounds - mark(Role.EVALUATOR_1, from).rounds;
  }

  /** Bytes from the dealer. */
  long dealt(int from, int to) {
    return mark(Role.EVALUATOR_1, to).dealt - mark(Role.EVALUATOR_1, from).dealt;
  }

  /** Bytes between the evaluators, both directions. */
  long between(int from, int to) {
    return opened(Role.EVALUATOR_0, from, to)
        + opened(Role.EVALUATOR_1, from, to)
        + mark(Role.EVALUATOR_1, to).forwarded
        - mark(Role.EVALUATOR_1, from).forwarded;
  }

  /** Bytes that reach evaluator-1, to whom the dealer speaks: the busiest way. */
  long arriving(int from, int to) {
    return dealt(from, to) + opened(Role.EVALUATOR_0, from, to);
  }

  private long opened(Role role, int from, int to) {
    return mark(role, to).opened - mark(role, from).opened;
  }

  /**
   * Bytes of the heap that each role keeps between steps, found by letting go of them one after the
   * other; afterwards nothing is left of them.
   */
  Map<Role, Long> keptBytes() {
    Map<Role, Long> bytes = new EnumMap<>(Role.class);
    List<Role> all = List.copyOf(roles.keySet());
    long before = Heap.used();
    for (Role role : all) {
      roles.remove(role);
      long after = Heap.used();
      bytes.put(role, Math.max(0, before - after));
      before = after;
    }
    return bytes;
  }
}
