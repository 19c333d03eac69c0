package dev.sotto.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneTest {
  private static LaneNode node(int identity, String operator) {
    return new LaneNode("%064x".formatted(identity), "127.0.0.1", 4000 + identity, operator);
  }

  private static LaneStage stage(int first, int last, int identity) {
    return new LaneStage(
        first,
        last,
        node(identity, "local-dealer"),
        node(identity + 1, "local-evaluator-0"),
        node(identity + 2, "local-evaluator-1"));
  }

  private static Lane lane(LaneStage... stages) {
    return new Lane(1, Samples.DIGEST, "local", List.of(stages));
  }

  private static String json() {
    return new String(lane(stage(0, 14, 1), stage(15, 29, 4)).toJson(), StandardCharsets.UTF_8);
  }

  private static Lane parse(String json) {
    return Lane.fromJson(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aLaneSurvivesItsFile() {
    Lane lane = lane(stage(0, 14, 1), stage(15, 29, 4));
    assertThat(Lane.fromJson(lane.toJson())).isEqualTo(lane);
    assertThat(json()).contains("\"evaluator-0\"", "\"evaluator-1\"", "\"dealer\"");
    assertThat(lane.stages().getFirst().node(Role.EVALUATOR_1).port()).isEqualTo(4003);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"version\" : 1 | \"version\" : 2 | version",
        "\"version\" : 1 | \"version\" : 1.5 | version",
        "\"version\" : 1 | \"version\" : \"1\" | version",
        "\"laneId\" : \"local\" | \"laneId\" : null | laneId",
        "\"laneId\" : \"local\" | \"laneId\" : \"../x\" | laneId",
        "\"laneId\" : \"local\" | \"laneId\" : \"a\", \"laneId\" : \"b\" | JSON",
        "\"laneId\" : \"local\" | \"lane\" : \"local\" | lane",
        "\"firstLayer\" : 15 | \"firstLayer\" : 16 | firstLayer",
        "\"firstLayer\" : 15 | \"firstLayer\" : 14 | firstLayer",
        "\"lastLayer\" : 29 | \"lastLayer\" : 3 | lastLayer",
        "\"lastLayer\" : 29 | \"lastLayer\" : 99999 | lastLayer",
        "\"port\" : 4001 | \"port\" : 0 | port",
        "\"port\" : 4001 | \"port\" : 65536 | port",
        "\"port\" : 4001 | \"port\" : 99999999999 | JSON",
        "\"host\" : \"127.0.0.1\" | \"host\" : \"a b\" | host",
        "\"operator\" : \"local-dealer\" | \"operator\" : \"local-evaluator-0\" | operator",
      })
  void aBadFieldIsNamed(String from, String to, String named) {
    String json = json();
    assertThat(json).contains(from);
    assertThatThrownBy(() -> parse(json.replaceFirst(Pattern.quote(from), to)))
        .isInstanceOf(BadMessage.class)
        .hasMessageContaining(named);
  }

  @Test
  void rolesAreSeparateOverAllStages() {
    LaneStage swapped =
        new LaneStage(
            15,
            29,
            node(4, "local-evaluator-0"),
            node(5, "local-dealer"),
            node(6, "local-evaluator-1"));
    assertThatThrownBy(() -> lane(stage(0, 14, 1), swapped)).hasMessageContaining("two roles");
    assertThatThrownBy(() -> lane(stage(0, 14, 1), stage(15, 29, 2)))
        .hasMessageContaining("Lane.identity");
    assertThat(lane(stage(0, 14, 1), stage(15, 29, 1)).stages()).hasSize(2);
  }

  @Test
  void theDigestIsOfWhoComputesAndNotOfWhere() {
    Lane lane = lane(stage(0, 14, 1), stage(15, 29, 4));
    LaneNode moved = new LaneNode("%064x".formatted(1), "10.0.0.1", 9, "local-dealer");
    LaneStage first = lane.stages().getFirst();
    LaneStage elsewhere = new LaneStage(0, 14, moved, first.evaluator0(), first.evaluator1());
    assertThat(lane(elsewhere, stage(15, 29, 4)).digest()).isEqualTo(lane.digest());
    assertThat(
            Stream.of(
                    lane,
                    lane(stage(0, 13, 1), stage(14, 29, 4)),
                    lane(stage(0, 14, 1), stage(15, 29, 7)),
                    lane(stage(0, 29, 1)),
                    new Lane(1, "ab".repeat(32), "local", lane.stages()),
                    new Lane(1, Samples.DIGEST, "other", lane.stages()))
                .map(Lane::digest)
                .distinct())
        .hasSize(6)
        .allMatch(digest -> digest.matches("[0-9a-f]{64}"));
  }

  @Test
  void junkIsOneClearError() {
    for (String junk : List.of("", "null", "[]", "{}", "{", "7", "{}{}", "[".repeat(10_000))) {
      assertThatThrownBy(() -> parse(junk)).isInstanceOf(BadMessage.class);
    }
    assertThatThrownBy(() -> Lane.fromJson(new byte[Lane.MAX_BYTES + 1]))
        .hasMessageContaining("longer");
    assertThatThrownBy(() -> parse(json() + "x")).isInstanceOf(BadMessage.class);
  }

  @Test
  void mutatedFilesAreRefusedOrAreLanes() {
    Random random = new Random(Samples.SEED);
    byte[] file = json().getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 2_000; i++) {
      byte[] mutated = file.clone();
      for (int c = 0; c <= random.nextInt(3); c++) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      try {
        Lane lane = Lane.fromJson(mutated);
        assertThat(Lane.fromJson(lane.toJson())).isEqualTo(lane);
      } catch (BadMessage refused) {
        assertThat(refused.field()).startsWith("Lane");
      }
    }
  }
}
