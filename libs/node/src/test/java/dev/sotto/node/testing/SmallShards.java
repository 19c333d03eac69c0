package dev.sotto.node.testing;

import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.mpc.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;

/** A model of two layers cut into the shards of three roles. */
public final class SmallShards {
  private SmallShards() {}

  /** Makes and cuts it. */
  public static ShardSet cut(Path folder) throws IOException {
    Path model = folder.resolve("model");
    MadeUpModel.small(7).write(model);
    try (HubModel source = HubModel.open(model)) {
      return new ShardCutter(new SecureRandom())
          .cut(
              source,
              new CutRequest(folder.resolve("shards"), "test", 1, PrecisionProfile.MIXED),
              new byte[0],
              ShardProgress.NONE);
    }
  }

  /** Opens a role's. */
  public static Shard open(ShardSet shards, Role role) {
    ShardRole own =
        switch (role) {
          case DEALER -> ShardRole.DEALER;
          case EVALUATOR_0 -> ShardRole.EVALUATOR_0;
          case EVALUATOR_1 -> ShardRole.EVALUATOR_1;
        };
    return Shard.open(shards.file(own, 0), own);
  }
}
