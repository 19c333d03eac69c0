package dev.sotto.cli.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.sotto.client.lane.LaneJob;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.nn.ClearRun;
import dev.sotto.node.Node;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalLaneTest {
  @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.NEVER)
  private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void answersWhatTheModelInTheClearAnswers(int stages) throws Exception {
    Path model = folder.resolve("model");
    MadeUpModel.small(7).write(model);
    int[] prompt = new Random(5).ints(30, 0, 300).toArray();
    try (HubModel source = HubModel.open(model)) {
      ClearRun clear = ClearWeights.load(source).start();
      ShardSet shards =
          new ShardCutter(new SecureRandom())
              .cut(
                  source,
                  new CutRequest(
                      folder.resolve("shards"),
                      "test",
                      stages,
                      CutRequest.DEFAULT_WEIGHT_WHOLE_BITS),
                  new byte[0],
                  ShardProgress.NONE);
      NodeIdentity caller = NodeIdentity.create();
      try (LocalLane lane = LocalLane.start(shards, caller, folder.resolve("run"))) {
        for (int job = 0; job < 2; job++) {
          ClearRun oracle = job == 0 ? clear : ClearWeights.load(source).start();
          try (LaneJob shared =
              LaneJob.open(
                  lane.lane(),
                  caller,
                  Node.linkSettings(),
                  300,
                  prompt.length,
                  6,
                  Duration.ofSeconds(60))) {
            assertClose(shared.next(prompt), oracle.logits(prompt));
            for (int t = 0; t < 4; t++) {
              assertClose(shared.next(17 + t), oracle.logits(17 + t));
            }
          }
        }
      }
    }
  }

  private static void assertClose(float[] got, float[] want) {
    assertThat(got).hasSize(want.length);
    for (int i = 0; i < want.length; i++) {
      assertThat(got[i]).as("logit %d", i).isCloseTo(want[i], offset(0.05f));
    }
  }
}
