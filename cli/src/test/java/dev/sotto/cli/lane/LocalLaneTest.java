package dev.sotto.cli.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.sotto.client.lane.LaneJob;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.nn.ClearModel;
import dev.sotto.nn.ClearRun;
import dev.sotto.nn.ModelConfig;
import dev.sotto.node.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes, real links, a small made-up model: the lane's logits are those of the clear run.
 */
class LocalLaneTest {
  private static final int VOCAB = 300;

  @TempDir private Path folder;
  private final NodeIdentity caller = NodeIdentity.create();
  private Path model = Path.of("");

  @BeforeEach
  void makeAModel() throws IOException {
    model = folder.resolve("model");
    MadeUpModel.small(7).write(model);
  }

  private LocalLane start(int stages) throws IOException {
    try (HubModel source = HubModel.open(model)) {
      CutRequest request =
          new CutRequest(folder.resolve("shards"), "test", stages, PrecisionProfile.MIXED);
      ShardSet shards =
          new ShardCutter(new SecureRandom()).cut(source, request, new byte[0], ShardProgress.NONE);
      return LocalLane.start(shards, caller, folder.resolve("run"));
    }
  }

  private ClearModel clear() {
    try (HubModel source = HubModel.open(model)) {
      return ClearWeights.load(source);
    }
  }

  private static int[] tokens(long seed, int count) {
    return new Random(seed).ints(count, 0, VOCAB).toArray();
  }

  /** A whole job against the oracle: the prompt, then tokens that the seed chooses. */
  private void answersLikeTheClear(
      LocalLane lane, ClearModel clear, long seed, int prompt, int decode) {
    ClearRun oracle = clear.start();
    try (LaneJob job =
        LaneJob.open(
            lane.lane(),
            caller,
            Node.linkSettings(),
            VOCAB,
            prompt,
            decode + 1,
            Duration.ofMinutes(5))) {
      int[] first = tokens(seed, prompt);
      assertClose(job.next(first), oracle.logits(first));
      for (int token : tokens(seed + 1, decode)) {
        assertClose(job.next(token), oracle.logits(token));
      }
    }
  }

  @Test
  void oneStageAnswersLikeTheClearJobAfterJob() throws IOException {
    try (LocalLane lane = start(1)) {
      ClearModel clear = clear();
      answersLikeTheClear(lane, clear, 1, 30, 4);
      answersLikeTheClear(
          lane, clear, 2, 5, 20); // beyond the steps whose products are made together
      answersLikeTheClear(lane, clear, 3, 1, 0);
    }
  }

  @Test
  void twoStagesHandOver() throws IOException {
    try (LocalLane lane = start(2)) {
      assertThat(lane.nodes()).hasSize(6);
      answersLikeTheClear(lane, clear(), 4, 30, 4);
    }
  }

  /** A prompt in four parts, and past 63 keys, where the maximum hashes instead of counting. */
  @Test
  void aLongPromptIsReadInParts() throws IOException {
    try (LocalLane lane = start(1)) {
      answersLikeTheClear(lane, clear(), 5, 420, 3);
    }
  }

  /** As long as nodes serve: one layer, because work grows with the square of the length. */
  @Test
  void aPromptOfTwoThousandTokens() throws IOException {
    ModelConfig config =
        new ModelConfig("llama", 1, 32, 2, 1, 16, 32, VOCAB, 2048, 1e-5, 10_000, null, true);
    model = folder.resolve("long");
    new MadeUpModel(config, 11).write(model);
    try (LocalLane lane = start(1)) {
      answersLikeTheClear(lane, clear(), 6, 2040, 3);
    }
  }

  @Test
  void severalSessionsRunAtOnce() throws Exception {
    try (LocalLane lane = start(1);
        ExecutorService callers = Executors.newFixedThreadPool(3)) {
      ClearModel clear = clear();
      List<Callable<Void>> jobs = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int seed = 10 + i;
        jobs.add(
            () -> {
              answersLikeTheClear(lane, clear, seed, 10 + seed, 5);
              return null;
            });
      }
      for (Future<Void> job : callers.invokeAll(jobs, 100, TimeUnit.SECONDS)) {
        job.get();
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
