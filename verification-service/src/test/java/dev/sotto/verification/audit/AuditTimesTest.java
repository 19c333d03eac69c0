package dev.sotto.verification.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** When audits run. */
class AuditTimesTest {
  private static final String MODEL = "a".repeat(64);

  @Test
  void theyTakeTheirShareOfTheTimeInTheMeanAndCannotBeForeseen() {
    Random random = new Random(11);
    Duration took = Duration.ofSeconds(3);
    double all = 0;
    int short3 = 0;
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      long pause = AuditLoop.pause(took, 0.02, random).toMillis();
      all += pause;
      short3 += pause < 3 * 49_000 ? 1 : 0;
    }
    assertThat(took.toMillis() / (took.toMillis() + all / n)).isCloseTo(0.02, within(0.001));
    assertThat(short3 / (double) n) // of a memoryless one
        .isCloseTo(1 - Math.exp(-1), within(0.02));
  }

  @ParameterizedTest
  @CsvSource({
    "true, 0, 0, 0, ALIVE, true",
    "true, 0, 0, 7, ALIVE, true",
    "true, 0, 3, 5, ALIVE, false",
    "true, 0, 0, 8, ALIVE, false",
    "true, 1, 0, 0, ALIVE, false",
    "true, 0, 0, 0, DRAINING, false",
    "false, 0, 0, 0, ALIVE, false"
  })
  void thereIsRoomWhileNobodyWaitsAndALaneIsFree(
      boolean acting, int queued, int placed, int running, String state, boolean free) {
    JsonNode queue =
        JsonMapper.shared()
            .readTree(
                """
                {"jobs": {"QUEUED": %d, "PLACED": %d, "RUNNING": %d, "COMPLETED": 99},
                 "acting": %s}"""
                    .formatted(queued, placed, running, acting));
    JsonNode lanes =
        JsonMapper.shared()
            .readTree(
                """
                [{"state": "%s", "model_digest": "%s", "slots": 8},
                 {"state": "ALIVE", "model_digest": "%s", "slots": 100}]"""
                    .formatted(state, MODEL, "b".repeat(64)));
    assertThat(LaneRoom.free(queue, lanes, MODEL)).isEqualTo(free);
  }
}
