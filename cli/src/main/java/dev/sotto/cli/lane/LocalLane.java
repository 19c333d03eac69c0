package dev.sotto.cli.lane;

import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.LaneStage;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The nodes of one lane, each a process of its own that opens its own shard alone. They end with
 * this process, however it ends: their input closes. The folder of the run goes with them unless
 * this process is killed outright.
 */
public final class LocalLane implements AutoCloseable {
  private final Started started;
  private final Lane lane;

  private LocalLane(Started started, Lane lane) {
    this.started = started;
    this.lane = lane;
  }

  /** What this process must not leave behind, from the first process on. */
  private static final class Started {
    final List<NodeHandle> nodes = new ArrayList<>();
    private final Path folder;
    private final Thread last = new Thread(this::killAll, "sotto-last");
    private boolean over;

    Started(Path folder) {
      this.folder = folder;
      Runtime.getRuntime().addShutdownHook(last);
    }

    /** Starts one more, unless this process is ending. */
    synchronized void add(Starting start) throws IOException {
      if (over) {
        throw new IOException("the lane is ending");
      }
      nodes.add(start.node());
    }

    /** When this process is told to end: there is no time for more. */
    private synchronized void killAll() {
      over = true;
      nodes.forEach(NodeHandle::kill);
      RunFolder.delete(folder);
    }

    void close() {
      endAll();
      try {
        // Only now: who is told to end while this ends the nodes waits for it in the hook.
        Runtime.getRuntime().removeShutdownHook(last);
      } catch (IllegalStateException e) {
        // This process is ending, and the hook finds nothing left, or has done it.
      }
    }

    private synchronized void endAll() {
      if (over) {
        return;
      }
      over = true;
      nodes.forEach(NodeHandle::end);
      nodes.forEach(NodeHandle::close);
      RunFolder.delete(folder);
    }
  }

  /** Starts a process. */
  @FunctionalInterface
  private interface Starting {
    NodeHandle node() throws IOException;
  }

  /**
   * Starts a process for each shard of a set and joins them to a lane. Errors say which role did
   * not start, and why.
   *
   * @param caller whose jobs the nodes serve
   * @param folder where identities, logs and the lane's files go; this lane's own, deleted with it
   */
  public static LocalLane start(ShardSet shards, NodeIdentity caller, Path folder)
      throws IOException {
    return start(shards, caller, folder, NodeOptions.DEFAULT);
  }

  /** The same, with nodes that run as {@code options} say. */
  public static LocalLane start(
      ShardSet shards, NodeIdentity caller, Path folder, NodeOptions options) throws IOException {
    return start(shards, caller, folder, options, Routes.DIRECT);
  }

  /** The same, with nodes that find one another as {@code routes} say. */
  public static LocalLane start(
      ShardSet shards, NodeIdentity caller, Path folder, NodeOptions options, Routes routes)
      throws IOException {
    RunFolder.create(folder);
    Started started = new Started(folder);
    List<NodeHandle> nodes = started.nodes;
    try {
      for (ShardHeader header : shards.headers()) {
        String name = header.role().label() + ".stage-" + header.stage().index();
        started.add(
            () ->
                NodeHandle.start(
                    name,
                    header.role(),
                    shards.file(header.role(), header.stage().index()),
                    folder.resolve(name + ".identity"),
                    options));
      }
      for (NodeHandle node : nodes) {
        node.awaitIdentity();
      }
      for (NodeHandle node : nodes) {
        String others =
            nodes.stream()
                .filter(n -> n != node)
                .map(NodeHandle::identity)
                .collect(Collectors.joining(","));
        node.pin(others, caller.key().hex());
      }
      for (NodeHandle node : nodes) {
        node.awaitPort();
      }
      Lane lane = lane(shards, nodes);
      for (NodeHandle node : nodes) {
        Path file = folder.resolve(node.name() + ".lane.json");
        Files.write(file, routes.from(node.identity(), lane).toJson());
        node.join(file);
      }
      for (NodeHandle node : nodes) {
        node.awaitReady();
      }
      return new LocalLane(started, lane);
    } catch (IOException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private static Lane lane(ShardSet shards, List<NodeHandle> nodes) {
    List<LaneStage> stages = new ArrayList<>();
    ShardHeader first = shards.headers().getFirst();
    for (int s = 0; s < shards.stages(); s++) {
      ShardHeader header = shards.headers().get(3 * s);
      stages.add(
          new LaneStage(
              header.stage().firstLayer(),
              header.stage().endLayer() - 1,
              node(nodes.get(3 * s), ShardRole.DEALER),
              node(nodes.get(3 * s + 1), ShardRole.EVALUATOR_0),
              node(nodes.get(3 * s + 2), ShardRole.EVALUATOR_1)));
    }
    return new Lane(Lane.VERSION, first.modelDigest(), first.lane(), stages);
  }

  private static LaneNode node(NodeHandle node, ShardRole role) {
    return new LaneNode(node.identity(), "127.0.0.1", node.port(), "local-" + role.label());
  }

  /** Who the nodes are and where. */
  public Lane lane() {
    return lane;
  }

  /** The processes: stage by stage, dealer, evaluator-0, evaluator-1. */
  public List<NodeHandle> nodes() {
    return List.copyOf(started.nodes);
  }

  @Override
  public void close() {
    started.close();
  }
}
