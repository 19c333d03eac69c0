package dev.sotto.cli.lane.testing;

import dev.sotto.client.lane.LaneJob;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.LaneStage;
import dev.sotto.contracts.Role;
import dev.sotto.links.IdentityKey;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.node.Node;
import dev.sotto.node.NodeSettings;
import dev.sotto.ring.VectorKernels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The three nodes of a lane of one stage in this process, over real links: what a node says and
 * does is the same as in a process of its own, and a test may give each its own idea of the lane.
 */
public final class InProcessLane implements AutoCloseable {
  private final Map<Role, NodeIdentity> identities = new EnumMap<>(Role.class);
  private final Map<Role, Node> nodes = new EnumMap<>(Role.class);
  private final NodeIdentity caller;
  private final ShardSet shards;
  private final Duration patience = Duration.ofSeconds(30);

  private InProcessLane(ShardSet shards, NodeIdentity caller) {
    this.shards = shards;
    this.caller = caller;
  }

  /** Nodes that listen, and have joined nothing yet. */
  public static InProcessLane listen(ShardSet shards, NodeSettings settings) throws IOException {
    Map<Role, NodeIdentity> fresh = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      fresh.put(role, NodeIdentity.create());
    }
    return listen(shards, settings, fresh, NodeIdentity.create());
  }

  /** The same with identities of nodes and of a caller that were there before. */
  public static InProcessLane listen(
      ShardSet shards,
      NodeSettings settings,
      Map<Role, NodeIdentity> identities,
      NodeIdentity caller)
      throws IOException {
    InProcessLane lane = new InProcessLane(shards, caller);
    lane.identities.putAll(identities);
    for (Role role : Role.values()) {
      Set<IdentityKey> peers =
          lane.identities.entrySet().stream()
              .filter(e -> e.getKey() != role)
              .map(e -> e.getValue().key())
              .collect(Collectors.toSet());
      ShardRole shardRole = ShardRole.of(role.label());
      lane.nodes.put(
          role,
          Node.listen(
              lane.identity(role),
              Shard.open(shards.file(shardRole, 0), shardRole),
              new VectorKernels(),
              settings,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              peers,
              Set.of(lane.caller.key())));
    }
    return lane;
  }

  /** Nodes that have joined the lane as it is. */
  public static InProcessLane start(ShardSet shards, NodeSettings settings) throws IOException {
    InProcessLane lane = listen(shards, settings);
    for (Role role : Role.values()) {
      lane.join(role, lane.lane());
    }
    return lane;
  }

  public void join(Role role, Lane lane) {
    node(role).join(lane);
  }

  public Node node(Role role) {
    return java.util.Objects.requireNonNull(nodes.get(role));
  }

  public NodeIdentity identity(Role role) {
    return java.util.Objects.requireNonNull(identities.get(role));
  }

  public NodeIdentity caller() {
    return caller;
  }

  /** Who the nodes are and where. */
  public Lane lane() {
    return lane(Map.of());
  }

  /** The lane with other places for some roles. */
  public Lane lane(Map<Role, LaneNode> others) {
    Map<Role, LaneNode> all = new HashMap<>();
    for (Role role : Role.values()) {
      all.put(role, place(role, identity(role).key(), node(role).address()));
    }
    all.putAll(others);
    ShardHeader header = shards.headers().getFirst();
    return new Lane(
        Lane.VERSION,
        header.modelDigest(),
        header.lane(),
        java.util.List.of(
            new LaneStage(
                0,
                header.stage().endLayer() - 1,
                java.util.Objects.requireNonNull(all.get(Role.DEALER)),
                java.util.Objects.requireNonNull(all.get(Role.EVALUATOR_0)),
                java.util.Objects.requireNonNull(all.get(Role.EVALUATOR_1)))));
  }

  /** A role's entry in a lane. */
  public static LaneNode place(Role role, IdentityKey key, InetSocketAddress address) {
    return new LaneNode(key.hex(), "127.0.0.1", address.getPort(), "test-" + role.label());
  }

  /** A job of the enclave. */
  public LaneJob open(int promptTokens, int maxTokens) {
    return LaneJob.open(
        lane(), caller, Node.linkSettings(), SmallModel.VOCAB, promptTokens, maxTokens, patience);
  }

  /** A short job by whoever this lane says it is. */
  public LaneJob open(Lane other) {
    return LaneJob.open(other, caller, Node.linkSettings(), SmallModel.VOCAB, 4, 2, patience);
  }

  @Override
  public void close() throws IOException {
    for (Node node : nodes.values()) {
      node.close();
    }
  }
}
