package dev.sotto.embedded.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import dev.sotto.embedded.testing.UserHome.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the bench measures on platforms of its own: that it does, not how fast they are. */
class PlatformBenchTest {
  @TempDir private Path folder;

  @Test
  void whatTheApiAddsIsMeasured() throws Exception {
    ObjectNode figures = figures("ttft", "api");
    for (String name : List.of("ttft.api", "ttft.lane", "api.decode", "api.decode.lane")) {
      assertThat(figures.path(name).path("value").asDouble()).as(name).isPositive();
    }
    assertThat(figures.path("api.overhead").path("limit").asDouble()).isEqualTo(0.1);
    assertThat(figures.path("ttft.api").path("limit").asDouble()).isEqualTo(3);
  }

  @Test
  void loadIsMeasured() throws Exception {
    ObjectNode figures = figures("load");
    assertThat(figures.path("load.jobs").path("met").asBoolean()).isTrue();
    assertThat(figures.path("load.refused").path("value").asInt()).isBetween(1, 42);
    assertThat(figures.path("load.share.few").path("value").asDouble()).isBetween(0.2, 0.9);
    assertThat(figures.path("load.memory.platform").path("value").asDouble()).isBetween(64e6, 2e9);
  }

  /** What a bench of these figures has written: all that are listed; it has left nothing. */
  private ObjectNode figures(String... names) throws Exception {
    UserHome home = UserHome.in(folder);
    String wanted = "(" + String.join("|", names) + ")\\..*";
    List<String> listed =
        home.run("bench", "--list")
            .out()
            .lines()
            .map(line -> line.substring(0, line.indexOf(' ')))
            .filter(name -> name.matches(wanted))
            .toList();
    Path json = folder.resolve("bench.json");
    List<String> command = new ArrayList<>(List.of("bench", "--runs", "1", "--kernels", "vector"));
    command.addAll(List.of("--model", home.model().toString(), "--json", json.toString()));
    command.addAll(List.of(names));
    Outcome outcome = home.run(command.toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertNothingIsLeft(home);
    ObjectNode figures = JsonMapper.shared().createObjectNode();
    JsonMapper.shared()
        .readTree(json.toFile())
        .path("figures")
        .forEach(figure -> figures.set(figure.path("name").asString(), figure));
    assertThat(figures.propertyNames()).containsExactlyInAnyOrderElementsOf(listed);
    return figures;
  }

  /** Whoever has had enough of it presses Ctrl-C. */
  @Test
  void aBenchThatIsEndedEndsItsPlatform() throws Exception {
    UserHome home = UserHome.in(folder);
    Started bench = home.start("bench", "load");
    try {
      long start = System.nanoTime();
      CountDownLatch never = new CountDownLatch(1);
      while (!nodeHasBegun()) {
        assertThat(bench.process().isAlive()).isTrue();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MINUTES.toNanos(10));
        boolean _ = never.await(100, TimeUnit.MILLISECONDS);
      }
    } finally {
      bench.process().destroy();
    }
    assertThat(bench.end().exitCode()).isNotZero();
    assertNothingIsLeft(home);
  }

  /** By its log: a JVM's arguments lie behind a class path that is longer than the system tells. */
  private boolean nodeHasBegun() throws IOException {
    Path run = folder.resolve("home/run");
    if (!Files.isDirectory(run)) {
      return false;
    }
    try (Stream<Path> logs =
        Files.find(run, 4, (file, facts) -> file.endsWith("logs/lane-1-evaluator-1.log"))) {
      return logs.findAny().isPresent();
    }
  }

  private void assertNothingIsLeft(UserHome home) throws IOException {
    assertThat(home.processes()).isEmpty();
    try (Stream<Path> left = Files.list(folder.resolve("home/run"))) {
      assertThat(left).isEmpty();
    }
  }
}
