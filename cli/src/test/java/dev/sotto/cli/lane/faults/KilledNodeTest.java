package dev.sotto.cli.lane.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.cli.lane.NodeHandle;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.contracts.Failure;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.nn.ClearRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A node that is killed outright, in the prompt and in the answer: the caller learns at once which
 * one is gone, nothing stays behind, and the next lane on the same shards computes as before.
 */
class KilledNodeTest {
  @ParameterizedTest
  @CsvSource({
    "dealer, true", "dealer, false",
    "evaluator-0, true", "evaluator-0, false",
    "evaluator-1, true", "evaluator-1, false"
  })
  void isMissedAtOnceAndNamed(String role, boolean inPrefill) throws Exception {
    int[] prompt = SmallModel.prompt(9, 12);
    List<NodeHandle> nodes = new ArrayList<>();
    try (LaneProcess lane = new LaneProcess()) {
      for (String name : List.of("dealer", "evaluator-0", "evaluator-1")) {
        nodes.add(lane.node(name));
      }
      ClearRun clear = SmallModel.clear().start();
      try (LaneJob job = lane.open(prompt.length, 4)) {
        // The lane that follows on a killed one's shards: it answers what the model answers.
        SmallModel.assertClose(job.next(prompt), clear.logits(prompt));
        SmallModel.assertClose(job.next(5), clear.logits(5));
      }
      try (LaneJob job = lane.open(prompt.length, 4)) {
        if (!inPrefill) {
          job.next(prompt);
        }
        long[] harmed = new long[1];
        LaneException e =
            lane.harmedIn(
                job,
                () -> job.next(inPrefill ? prompt : new int[] {5}),
                () -> {
                  lane.signal("KILL", role);
                  harmed[0] = System.nanoTime();
                });
        assertThat(e.code()).isEqualTo(Failure.Code.PEER_GONE);
        assertThat(e).hasMessageStartingWith(role + " is gone: ");
        assertThat(Duration.ofNanos(System.nanoTime() - harmed[0]))
            .isLessThan(LaneProcess.PATIENCE);
      }
      assertThat(nodes.stream().filter(NodeHandle::isAlive)).hasSize(2);
      assertThat(lane.folder).isDirectory();
    } finally {
      assertThat(nodes).noneMatch(NodeHandle::isAlive);
    }
    SmallModel.shards().verify(ShardProgress.NONE);
    try (Stream<Path> files = Files.list(SmallModel.folder().resolveSibling("shards"))) {
      assertThat(files.filter(this::unfinished)).isEmpty();
    }
  }

  private boolean unfinished(Path file) {
    return !file.toString().endsWith(".shard") && !file.toString().endsWith(".lock");
  }
}
