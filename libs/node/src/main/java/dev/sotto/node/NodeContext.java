package dev.sotto.node;

import dev.sotto.links.IdentityKey;
import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.Stage;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.nn.ModelConfig;
import dev.sotto.node.compute.JointPicks;
import dev.sotto.node.compute.StageWeights;
import dev.sotto.node.job.Batches;
import dev.sotto.node.peer.Peers;
import dev.sotto.ring.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * What all jobs of a node share: its shard, its lane, its peers.
 *
 * @param shard this role's part of this stage, open
 * @param lane whom it works with, pinned
 * @param addresses where those are
 * @param plan the model's rings
 * @param kernels the arithmetic
 * @param picks how tokens are looked up; null at a stage that looks none up
 * @param batches where an evaluator's jobs meet; null at the dealer
 */
public record NodeContext(
    Shard shard,
    PinnedLane lane,
    AddressBook addresses,
    RingPlan plan,
    Kernels kernels,
    Peers peers,
    NodeSettings settings,
    @Nullable JointPicks picks,
    @Nullable Batches batches) {
  /** Where the jobs of this evaluator meet. */
  public Batches batchesOfEvaluator() {
    if (batches == null) {
      throw new IllegalStateException("a dealer has no batches");
    }
    return batches;
  }

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
    PinnedLane.Seats s = lane.stages().get(stage);
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
