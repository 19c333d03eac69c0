package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import dev.sotto.launch.Control;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.ProcessStatus;
import dev.sotto.launch.PlatformStatus.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole platform as a user starts it: real processes, a real broker, a real database. */
class EmbeddedPlatformTest {
  private static final long RECOVERY_NANOS = TimeUnit.SECONDS.toNanos(600);

  @TempDir private static Path folder;
  private static UserHome home = new UserHome(Path.of("x"));
  private static String upSaid = "";

  @BeforeAll
  static void up() throws Exception {
    home = UserHome.in(folder);
    String port = String.valueOf(UserHome.freePort());
    Outcome outcome = home.run("up", "--model", home.model().toString(), "--port", port);
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    upSaid = outcome.out();
  }

  @AfterAll
  static void downLeavesNothing() throws Exception {
    Outcome outcome = home.run("down");
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(outcome.out()).contains("Sotto is stopped.");
    assertThat(home.processes()).isEmpty();
    try (Stream<Path> left = Files.list(home.platform().run())) {
      assertThat(left).containsOnly(home.platform().lock(), home.platform().starting());
    }
  }

  private static PlatformStatus status() throws Exception {
    Outcome outcome = home.run("status", "--json");
    PlatformStatus status = PlatformStatus.of(outcome.out().getBytes(StandardCharsets.UTF_8));
    assertThat(outcome.exitCode()).isEqualTo(status.state() == State.READY ? 0 : 1);
    return status;
  }

  /** Asks the supervisor itself, which is quicker than a command. */
  private static PlatformStatus awaitReady() throws Exception {
    long start = System.nanoTime();
    PlatformStatus last = status();
    while (last.state() != State.READY) {
      assertThat(System.nanoTime() - start).as(last.json()).isLessThan(RECOVERY_NANOS);
      boolean _ = new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
      last = Control.read(home.platform()).flatMap(Control::status).orElse(last);
    }
    return last;
  }

  private static void assertAnswers() throws Exception {
    Answers.assertAnswers(home);
  }

  @Test
  void upSaysWhatToTryAndStatusThatAllIsWell() throws Exception {
    PlatformStatus status = status();
    assertThat(status.state()).as(status.json()).isEqualTo(State.READY);
    assertThat(upSaid)
        .contains(
            "Sotto is ready at " + status.url() + "/v1",
            "sk-sotto-",
            "./sotto chat",
            "./sotto down")
        .contains(Files.readString(home.platform().key()).strip());
    assertThat(status.processes())
        .extracting(ProcessStatus::name)
        .containsExactlyInAnyOrder(
            "postgres",
            "kafka",
            "platform",
            "lane-1-dealer",
            "lane-1-evaluator-0",
            "lane-1-evaluator-1");
    Set<Long> pids =
        status.processes().stream().map(ProcessStatus::pid).collect(Collectors.toSet());
    assertThat(pids).hasSize(6); // each a process of its own
    assertThat(status.lanes().getFirst().nodes()).extracting("operator").doesNotHaveDuplicates();
    assertThat(status.deadLetters()).isEmpty();
    Outcome table = home.run("status");
    assertThat(table.out())
        .contains("lane-1: takes jobs", "lane-1-evaluator-1", "dead letters: none");
    assertThat(home.run("logs", "gateway", "-n", "5").out().lines()).hasSize(5);
  }

  @Test
  void anotherUpReportsTheOneThatRuns() throws Exception {
    long pid = status().pid();
    Outcome again = home.run("up", "--model", home.model().toString());
    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("Sotto already runs at " + status().url());
    assertThat(status().pid()).isEqualTo(pid);
  }

  @Test
  void secretsAreInNoCommandLineAndTheirFilesAreTheOwnersAlone() throws Exception {
    String key = Files.readString(home.platform().key()).strip();
    Path settings = home.platform().config().resolve("gateway.yml");
    String password =
        Files.readAllLines(settings).stream()
            .filter(line -> line.startsWith("spring.datasource.password: "))
            .map(line -> line.replaceAll(".*'(.*)'.*", "$1"))
            .findFirst()
            .orElseThrow();
    assertThat(home.processes())
        .isNotEmpty()
        .allSatisfy(
            process ->
                assertThat(process.info().commandLine().orElse("")).doesNotContain(key, password));
    for (Path file : List.of(settings, home.platform().key(), home.platform().control())) {
      assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }
  }

  @Test
  void whateverIsKilledComesBack() throws Exception {
    assertAnswers();
    for (List<String> killed :
        List.of(
            List.of("lane-1-dealer", "lane-1-evaluator-0", "lane-1-evaluator-1"),
            List.of("kafka"),
            List.of("postgres"),
            List.of("platform"))) {
      PlatformStatus before = awaitReady();
      for (String name : killed) {
        kill(process(before, name).pid());
      }
      PlatformStatus after = awaitReady();
      for (String name : killed) {
        assertThat(process(after, name).pid()).as(name).isNotEqualTo(process(before, name).pid());
        assertThat(process(after, name).restarts())
            .as(name)
            .isGreaterThan(process(before, name).restarts());
      }
      assertAnswers();
    }
  }

  @Test
  void aKilledSupervisorIsFollowedByAnother() throws Exception {
    PlatformStatus before = awaitReady();
    String key = Files.readString(home.platform().key());
    kill(before.pid());
    Outcome outcome = home.run("up");
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    PlatformStatus after = awaitReady();
    assertThat(after.pid()).isNotEqualTo(before.pid());
    for (ProcessStatus process : before.processes()) {
      assertThat(ProcessHandle.of(process.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    }
    assertThat(Files.readString(home.platform().key())).isEqualTo(key); // state has survived
    assertAnswers();
  }

  private static ProcessStatus process(PlatformStatus status, String name) {
    return status.processes().stream()
        .filter(process -> process.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void kill(long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-9", String.valueOf(pid)).start();
    assertThat(kill.waitFor()).isZero();
    ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
  }
}
