package dev.sotto.cli.bench;

import dev.sotto.models.shard.Shard;
import dev.sotto.mpc.MaskProducts;
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
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;

/** One block of the model: a prompt of 128 tokens, then decoded ones. */
final class BlockFigures implements Measurement {
  private static final int PROMPT = 128;
  private static final int STEPS = NodeSettings.DEFAULT.stepsAhead();

  @Override
  public List<Entry> entries() {
    return List.of(
        new Entry(
            "block.decode",
            "one block, a token with 128 cached, mean of " + STEPS + "; seats in one process"),
        new Entry("block.prefill", "one block, 128 tokens; seats in one process"));
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    double[] prefill = new double[setting.modelRuns()];
    double[] decode = new double[setting.modelRuns()];
    try (OpenShards shards = new OpenShards(setting.subject().shards())) {
      for (int run = -1; run < prefill.length; run++) {
        setting.progress().accept("measuring a block");
        try (Seats seats = new Seats(setting.seed() + run, setting.kernels())) {
          CyclicBarrier together = new CyclicBarrier(Role.values().length);
          Map<Role, Times> times = seats.run(seat -> run(seat, shards, together));
          if (run >= 0) {
            prefill[run] = Times.slowest(times, 0, 1) / 1e9;
            decode[run] = Times.slowest(times, 1, 2) / 1e9 / STEPS;
          }
        }
      }
    }
    figures.accept(Figure.of("block.decode", Runs.of(decode), "s"));
    figures.accept(Figure.of("block.prefill", Runs.of(prefill), "s"));
  }

  /** Moments of one role: ready, prompt done, steps done. */
  private record Times(long... at) {
    static double slowest(Map<Role, Times> times, int from, int to) {
      long start = times.values().stream().mapToLong(t -> t.at[from]).max().orElse(0);
      return times.values().stream().mapToLong(t -> t.at[to] - start).max().orElse(0);
    }
  }

  private static Times run(Session seat, OpenShards shards, CyclicBarrier together)
      throws Exception {
    Shard shard = shards.of(seat.role());
    ModelConfig config = shard.header().config();
    MaskProducts products = new MaskProducts(seat, STEPS);
    products.bound(STEPS);
    SharedArithmetic arithmetic =
        new SharedArithmetic(seat, new StageWeights(shard), products, Node.plan(config), config);
    Block<SharedValue> block = new Block<>(shard.header().stage().firstLayer());
    together.await();
    long start = System.nanoTime();
    step(seat, arithmetic, block, config, new Step(0, 0, PROMPT));
    long filled = System.nanoTime();
    for (int i = 0; i < STEPS; i++) {
      step(seat, arithmetic, block, config, new Step(1 + i, PROMPT + i, 1));
    }
    return new Times(start, filled, System.nanoTime());
  }

  private static void step(
      Session seat,
      SharedArithmetic arithmetic,
      Block<SharedValue> block,
      ModelConfig config,
      Step step) {
    seat.begin(step.serial());
    int size = step.tokens() * config.hidden();
    Share shape = SharedArithmetic.residualShape(size);
    Share h = MadeUp.share(seat.place("input"), size, shape.ring(), shape.fraction());
    block.run(arithmetic, new SharedValue.Additive(h), step);
    seat.end();
  }
}
