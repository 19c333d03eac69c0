package dev.sotto.cli.lane.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.contracts.Failure;
import dev.sotto.nn.ClearRun;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A node that stands still: the others wait as long as their patience, name it, and serve again
 * together once it goes on.
 */
@TestInstance(Lifecycle.PER_CLASS)
class StalledNodeTest {
  private final LaneProcess lane;

  StalledNodeTest() throws IOException {
    lane = new LaneProcess();
  }

  @BeforeAll
  void warmUp() {
    answersRightly();
  }

  @AfterAll
  void stop() {
    lane.close();
  }

  private void answersRightly() {
    int[] prompt = SmallModel.prompt(4, 10);
    ClearRun clear = SmallModel.clear().start();
    try (LaneJob job = lane.open(prompt.length, 3)) {
      SmallModel.assertClose(job.next(prompt), clear.logits(prompt));
      SmallModel.assertClose(job.next(8), clear.logits(8));
    }
  }

  @ParameterizedTest
  @CsvSource({"dealer, false", "evaluator-0, true", "evaluator-1, false"})
  void isGivenUpWithinThePatienceOfItsPeers(String role, boolean inPrefill) throws Exception {
    int[] prompt = SmallModel.prompt(6, 10);
    try (LaneJob job = lane.open(prompt.length, 3)) {
      if (!inPrefill) {
        job.next(prompt);
      }
      lane.signal("STOP", role);
      long start = System.nanoTime();
      LaneException e =
          catchThrowableOfType(
              LaneException.class, () -> job.next(inPrefill ? prompt : new int[] {8}));
      lane.signal("CONT", role);
      assertThat(e).isNotNull();
      assertThat(e.code()).isEqualTo(Failure.Code.PEER_GONE);
      assertThat(e.getMessage())
          .containsAnyOf(role + " failed: the peer sent nothing", role + " was silent");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isLessThan(LaneProcess.PATIENCE.plusSeconds(5));
    }
    answersRightly();
  }
}
