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
 * this process, however it ends: their input closes.
 */
public final class LocalLane implements AutoCloseable {
  private final List<NodeHandle> nodes;
  private final Lane lane;

  private LocalLane(List<NodeHandle> nodes, Lane lane) {
    this.nodes = nodes;
    this.lane = lane;
  }

  /**
   * Starts a process for each shard of a set and joins them to a lane. Errors say which role did
   * not start, and why.
   *
   * @param caller whose jobs the nodes serve
   * @param folder where identities and the lane's file go; private to this user
   */
  public static LocalLane start(ShardSet shards, NodeIdentity caller, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    List<NodeHandle> nodes = new ArrayList<>();
    try {
      for (ShardHeader header : shards.headers()) {
        String name = header.role().label() + ".stage-" + header.stage().index();
        nodes.add(
            NodeHandle.start(
                name,
                header.role(),
                shards.file(header.role(), header.stage().index()),
                folder.resolve(name + ".identity")));
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
      Path file = folder.resolve("lane.json");
      Files.write(file, lane.toJson());
      for (NodeHandle node : nodes) {
        node.join(file);
      }
      for (NodeHandle node : nodes) {
        node.awaitReady();
      }
      return new LocalLane(nodes, lane);
    } catch (IOException | RuntimeException e) {
      nodes.forEach(NodeHandle::close);
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
    return nodes;
  }

  @Override
  public void close() {
    nodes.forEach(NodeHandle::close);
  }
}
