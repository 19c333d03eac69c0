package dev.sotto.cli.bench;

import dev.sotto.models.shard.Shard;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.function.LookUpKeys;
import dev.sotto.nn.Step;
import dev.sotto.node.Node;
import dev.sotto.node.NodeSettings;
import dev.sotto.node.compute.StageProgram;
import dev.sotto.node.compute.StageWeights;
import dev.sotto.ring.Kernels;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;

/** A job of the whole model at three seats of this process: a prompt, then as many steps. */
final class InProcessJob {
  static final int PROMPT = 128;
  static final int STEPS = NodeSettings.DEFAULT.stepsAhead();

  private static final String LOOK_UP = "embed";
  private static final LongSupplier OWN_TIME =
      ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime;

  private final OpenShards shards;
  private final long seed;
  private final Kernels kernels;
  private final List<Map<Role, List<byte[]>>> keys = new ArrayList<>();
  private final BlockingQueue<long[]> lookedUp = new LinkedBlockingQueue<>();

  InProcessJob(OpenShards shards, long seed, Kernels kernels) {
    this.kernels = kernels;
    this.shards = shards;
    this.seed = seed;
    int vocab = shards.of(Role.DEALER).header().config().vocab();
    LookUpKeys lookUps = new LookUpKeys(vocab);
    SecureRandom random = new SecureRandom();
    SplittableRandom tokens = new SplittableRandom(seed);
    for (int step = 0; step <= STEPS; step++) {
      Map<Role, List<byte[]>> ofStep = new HashMap<>();
      for (int t = 0; t < tokens(step); t++) {
        lookUps
            .generate(tokens.nextInt(vocab), random)
            .forEach(
                (role, own) -> ofStep.computeIfAbsent(role, r -> new ArrayList<>()).addAll(own));
      }
      keys.add(ofStep);
    }
  }

  private static int tokens(int step) {
    return step == 0 ? PROMPT : 1;
  }

  /**
   * What a role spent, part by part.
   *
   * @param prompt after the prompt
   * @param all after all steps
   */
  record Spent(Map<String, PartFigures.Cost> prompt, Map<String, PartFigures.Cost> all) {
    PartFigures.Cost prefill(String part) {
      return prompt.getOrDefault(part, PartFigures.Cost.NONE);
    }

    PartFigures.Cost decode(String part) {
      return all.getOrDefault(part, PartFigures.Cost.NONE).minus(prefill(part));
    }
  }

  Map<Role, Spent> run() {
    try (Seats seats = new Seats(seed, kernels)) {
      return seats.run(seat -> run(seat, seats.reader(Role.DEALER)));
    }
  }

  private Spent run(Session seat, Streams dealers) throws InterruptedException {
    Shard shard = shards.of(seat.role());
    seat.meter().clock(OWN_TIME);
    MaskProducts products = new MaskProducts(seat, STEPS);
    products.bound(STEPS);
    StageWeights weights = new StageWeights(shard);
    StageProgram program =
        new StageProgram(
            seat, shard.header(), weights, Node.plan(shard.header().config()), products);
    Map<String, PartFigures.Cost> prompt = Map.of();
    for (int step = 0; step <= STEPS; step++) {
      int position = step == 0 ? 0 : PROMPT + step - 1;
      program.run(
          new Step(step, position, tokens(step)), true, input(seat, weights, dealers, step));
      if (step == 0) {
        prompt = costs(seat);
      }
    }
    return new Spent(prompt, costs(seat));
  }

  /** At the dealer, its online part of the look-up is done here, and counted as such. */
  private StageProgram.Input input(Session seat, StageWeights weights, Streams dealers, int step)
      throws InterruptedException {
    List<byte[]> own = keys.get(step).getOrDefault(seat.role(), List.of());
    if (seat.role() == Role.DEALER) {
      seat.meter().part(LOOK_UP);
      lookedUp.put(StageProgram.dealerPart(seat, weights, dealers, step, own));
      return new StageProgram.Input.Nothing();
    }
    return new StageProgram.Input.Keys(own, count -> take());
  }

  private long[] take() {
    try {
      return lookedUp.take();
    } catch (InterruptedException e) {
      throw MemoryChannel.interrupted(e);
    }
  }

  private static Map<String, PartFigures.Cost> costs(Session seat) {
    Map<String, PartFigures.Cost> costs = new HashMap<>();
    seat.meter()
        .parts()
        .forEach(
            (part, count) ->
                costs.merge(
                    PartFigures.listed(part), PartFigures.Cost.of(count), PartFigures.Cost::plus));
    return costs;
  }
}
