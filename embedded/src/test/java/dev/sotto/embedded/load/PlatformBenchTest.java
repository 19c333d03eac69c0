package dev.sotto.embedded.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the bench measures on platforms of its own: that it does, not how fast they are. */
class PlatformBenchTest {
  @TempDir private Path folder;

  @Test
  void measuresWhatItListsAndLeavesNothing() throws Exception {
    UserHome home = UserHome.in(folder);
    List<String> listed =
        home.run("bench", "--list")
            .out()
            .lines()
            .map(line -> line.substring(0, line.indexOf(' ')))
            .filter(name -> name.matches("(ttft|api|load)\\..*"))
            .toList();
    Path json = folder.resolve("bench.json");
    Outcome outcome =
        home.run(
            "bench",
            "--model",
            home.model().toString(),
            "--runs",
            "1",
            "--json",
            json.toString(),
            "ttft",
            "api",
            "load");
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(home.processes()).isEmpty();
    try (Stream<Path> left = Files.list(folder.resolve("home/run"))) {
      assertThat(left).isEmpty();
    }
    Map<String, JsonNode> figures =
        JsonMapper.shared()
            .readTree(json.toFile())
            .path("figures")
            .valueStream()
            .collect(Collectors.toMap(figure -> figure.path("name").asString(), figure -> figure));
    assertThat(figures.keySet()).containsExactlyInAnyOrderElementsOf(listed);
    for (String name : List.of("ttft.api", "ttft.lane", "api.decode", "api.decode.lane")) {
      assertThat(figures.get(name).path("value").asDouble()).as(name).isPositive();
    }
    assertThat(figures.get("api.overhead").path("limit").asDouble()).isEqualTo(0.1);
    assertThat(figures.get("ttft.api").path("limit").asDouble()).isEqualTo(3);
    assertThat(figures.get("load.jobs").path("met").asBoolean()).isTrue();
    assertThat(figures.get("load.refused").path("value").asInt()).isBetween(1, 42);
    assertThat(figures.get("load.share.few").path("value").asDouble()).isBetween(0.2, 0.9);
    assertThat(figures.get("load.memory.platform").path("value").asDouble())
        .isBetween(64e6, 2e9);
  }
}
