package dev.sotto.node;

import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.LaneStage;
import dev.sotto.links.IdentityKey;
import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.Stage;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.nn.ModelConfig;
import dev.sotto.node.compute.StageWeights;
import dev.sotto.node.peer.Peers;
import dev.sotto.ring.Kernels;
import java.net.InetSocketAddress;

/**
 * What all jobs of a node share: its shard, its lane, its peers.
 *
 * @param shard this role's part of this stage, open
 * @param lane whom it works with, pinned
 * @param plan the model's rings
 * @param kernels the arithmetic
 */
public record NodeContext(
    Shard shard, Lane lane, RingPlan plan, Kernels kernels, Peers peers, NodeSettings settings) {
  /** This node's role. */
  public Role role() {
    return StageWeights.role(shard.header().role());
  }

  /** This node's stage. */
  public Stage stage() {
    return shard.header().stage();
  }

  /** The model's shape. */
  public ModelConfig config() {
    return shard.header().config();
  }

  /** The pinned identity of a role of a stage. */
  public IdentityKey key(int stage, Role role) {
    return new IdentityKey(node(stage, role).identity());
  }

  /** Where a role of a stage listens. */
  public InetSocketAddress address(int stage, Role role) {
    LaneNode n = node(stage, role);
    return new InetSocketAddress(n.host(), n.port());
  }

  private LaneNode node(int stage, Role role) {
    LaneStage s = lane.stages().get(stage);
    return switch (role) {
      case DEALER -> s.dealer();
      case EVALUATOR_0 -> s.evaluator0();
      case EVALUATOR_1 -> s.evaluator1();
    };
  }

  @Override
  public String toString() {
    return "NodeContext[" + role() + ", stage " + stage().index() + "]";
  }
}
