package dev.sotto.cli.lane.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sotto.cli.lane.testing.InProcessLane;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.lane.LaneException;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.Role;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.node.NodeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lane that was cut again, and one of its nodes has the shard of before. */
class MixedCutTest {
  private static final NodeSettings SETTINGS =
      new NodeSettings(Duration.ofSeconds(20), Duration.ofSeconds(60), 4 << 20, 4, 4);

  @ParameterizedTest
  @EnumSource(Role.class)
  void shardsOfTwoCuttingsAnswerNothing(Role behind) throws Exception {
    Path folder = SmallModel.fresh("mixed");
    ShardSet fresh;
    try (HubModel source = HubModel.open(SmallModel.folder())) {
      fresh =
          new ShardCutter(new SecureRandom())
              .cut(
                  source,
                  new CutRequest(folder, "test", 1, PrecisionProfile.MIXED),
                  new byte[0],
                  ShardProgress.NONE);
    }
    ShardRole role = ShardRole.of(behind.label());
    Files.copy(
        SmallModel.shards().file(role, 0),
        fresh.file(role, 0),
        StandardCopyOption.REPLACE_EXISTING);
    try (InProcessLane lane = InProcessLane.start(fresh, SETTINGS)) {
      LaneException e = catchThrowableOfType(LaneException.class, () -> lane.open(4, 2));
      assertThat(e).isNotNull();
      assertThat(e.code()).isEqualTo(Failure.Code.DIVERGED);
      assertThat(e).hasMessageContaining("shards of different cuttings");
    }
  }
}
