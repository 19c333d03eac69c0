package dev.sotto.cli.bench;

import dev.sotto.cli.lane.LocalLane;
import dev.sotto.cli.lane.NodeHandle;
import dev.sotto.cli.lane.NodeOptions;
import dev.sotto.cli.lane.Routes;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.contracts.Lane;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.node.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** A lane of three processes on this machine, and the caller that the bench is to it. */
final class BenchLane implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final NodeIdentity caller;
  private final LocalLane lane;
  private final Lane seen;
  private final int vocab;

  private BenchLane(NodeIdentity caller, LocalLane lane, Lane seen, int vocab) {
    this.caller = caller;
    this.lane = lane;
    this.seen = seen;
    this.vocab = vocab;
  }

  static BenchLane start(Setting setting) throws IOException {
    return start(setting, Routes.DIRECT);
  }

  /** One whose nodes and caller find one another as {@code routes} say. */
  static BenchLane start(Setting setting, Routes routes) throws IOException {
    return start(setting, routes, NodeOptions.DEFAULT);
  }

  /** One whose nodes are told so. */
  static BenchLane start(Setting setting, NodeOptions options) throws IOException {
    return start(setting, Routes.DIRECT, options);
  }

  private static BenchLane start(Setting setting, Routes routes, NodeOptions options)
      throws IOException {
    ShardSet shards = setting.subject().shards();
    NodeIdentity caller = NodeIdentity.create();
    LocalLane lane =
        LocalLane.start(
            shards,
            caller,
            setting.subject().runFolder(),
            options.withKernels(setting.kernels().name()),
            routes);
    try {
      Lane seen = routes.from(caller.key().hex(), lane.lane());
      return new BenchLane(caller, lane, seen, shards.headers().getFirst().config().vocab());
    } catch (IOException | RuntimeException e) {
      lane.close();
      throw e;
    }
  }

  LaneJob open(int promptTokens, int maxTokens) {
    return LaneJob.open(
        seen, caller, Node.linkSettings(), vocab, promptTokens, maxTokens, PATIENCE);
  }

  /** Tokens of no meaning: no step's cost depends on which they are. */
  int[] tokens(SplittableRandom random, int count) {
    return random.ints(count, 0, vocab).toArray();
  }

  /** The nodes: dealer, evaluator-0, evaluator-1. */
  List<ProcessFacts> nodes() {
    return lane.nodes().stream().map(NodeHandle::pid).map(ProcessFacts::new).toList();
  }

  @Override
  public void close() {
    lane.close();
  }
}
