package dev.sotto.cli.bench;

import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.shard.Stage;
import dev.sotto.mpc.Role;
import dev.sotto.node.Node;
import dev.sotto.node.compute.StageWeights;
import java.util.EnumMap;
import java.util.Map;

/**
 * All roles' shards of one stage in this process. Whoever can do this can put the weights together:
 * it is for the publisher's own machine, where the bench runs.
 */
final class OpenShards implements AutoCloseable {
  private final Map<Role, Shard> shards = new EnumMap<>(Role.class);

  OpenShards(ShardSet set) {
    for (ShardRole role : ShardRole.values()) {
      shards.put(StageWeights.role(role), Shard.open(set.file(role, 0), role));
    }
  }

  Shard of(Role role) {
    Shard shard = shards.get(role);
    if (shard == null) {
      throw new IllegalStateException("no shard of " + role);
    }
    return shard;
  }

  /** Layers of the stage. */
  int layers() {
    Stage stage = of(Role.DEALER).header().stage();
    return stage.endLayer() - stage.firstLayer();
  }

  /** The longest sequence that nodes would serve with them. */
  int context() {
    return Node.plan(of(Role.DEALER).header().config()).context();
  }

  @Override
  public void close() {
    shards.values().forEach(Shard::close);
  }
}
