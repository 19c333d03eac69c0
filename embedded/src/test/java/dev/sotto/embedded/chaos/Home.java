package dev.sotto.embedded.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.ModelPin;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import dev.sotto.launch.Control;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.ProcessStatus;
import dev.sotto.launch.PlatformStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A platform of one lane whose processes can be killed and stopped, and its callers. */
final class Home {
  /** What a busy machine may take to start everything again. */
  static final Duration RECOVERY = Duration.ofMinutes(3);

  /** Jobs at once that a node takes unless told otherwise. */
  private static final int SLOTS = 8;

  private final UserHome home;
  private final Expected expected;
  private final Books books;
  private final ModelPin pin;

  private Home(UserHome home, Expected expected) throws IOException {
    this.home = home;
    this.expected = expected;
    this.books = new Books(home);
    try (HttpJobChannel channel = channel()) {
      pin = ModelPin.of(channel.publicPart("small"));
    }
  }

  /** Starts it. */
  static Home up(Path folder, boolean apart) throws IOException, InterruptedException {
    UserHome home = UserHome.in(Files.createDirectories(folder));
    Outcome outcome =
        home.run(
            "up",
            "--model",
            home.model().toString(),
            "--port",
            String.valueOf(UserHome.freePort()),
            "--audits",
            "0", // they would be jobs in the books, too
            "--apart=" + apart);
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    return new Home(home, Expected.of(home.model()));
  }

  Books books() {
    return books;
  }

  Expected expected() {
    return expected;
  }

  /** Of the prompt and the answer together, of a caller whose job is struck. */
  int tokens(Placement.Caller caller) {
    return expected.prompt().length
        + (caller == Placement.Caller.SEALED ? SealedAsking.TOKENS : Expected.TOKENS);
  }

  private String url() throws IOException {
    return Files.readString(home.platform().gatewayUrl()).strip();
  }

  private String key() throws IOException {
    return Files.readString(home.platform().key()).strip();
  }

  private HttpJobChannel channel() throws IOException {
    return new HttpJobChannel(url(), key(), InstantSource.system());
  }

  SealedAsking askSealed() throws IOException {
    TrustRoots roots = TrustRoots.decode(Files.readAllBytes(home.platform().roots()));
    return SealedAsking.ask(url(), key(), roots, pin, expected.prompt());
  }

  PlainAsking askPlain(int tokens) throws IOException {
    return PlainAsking.ask(url(), key(), expected.question(), tokens);
  }

  /**
   * As many idle jobs as the lane takes: whoever comes next waits. Closing it begins to end them,
   * and goes on when a gateway that is killed is back.
   */
  AutoCloseable fill() throws IOException {
    HttpJobChannel channel = channel();
    List<JobId> jobs = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      JobId id = JobId.random(new SecureRandom());
      jobs.add(id);
      var _ =
          channel.open(
              new JobRequest(
                  id,
                  "small",
                  Protection.PASSIVE,
                  4,
                  4,
                  InstantSource.system().instant().plus(Asking.DEADLINE)));
    }
    return () ->
        Thread.startVirtualThread(
            () -> {
              try (channel) {
                jobs.forEach(id -> channel.end(id, Reason.FINISHED));
              }
            });
  }

  /** How it is, in the supervisor's words; empty while there is none. */
  Optional<PlatformStatus> status() throws IOException {
    return Control.read(home.platform()).flatMap(Control::status);
  }

  /** Waits until all is well, and everybody is there. */
  PlatformStatus awaitReady() throws IOException, InterruptedException {
    PlatformStatus[] last = new PlatformStatus[1];
    Patience.until(
        () -> "all is well: " + (last[0] == null ? "no supervisor" : last[0].json()),
        RECOVERY,
        () -> {
          try {
            last[0] = status().orElse(null);
          } catch (IOException e) {
            return false;
          }
          return last[0] != null
              && last[0].state() == State.READY
              && last[0].processes().stream().allMatch(p -> alive(p.pid()));
        });
    return last[0];
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  /** Kills it, by what was known of it before. */
  void kill(Victim victim, PlatformStatus before) throws IOException, InterruptedException {
    List<Long> pids =
        switch (victim) {
          case SUPERVISOR -> List.of(before.pid());
          case MACHINE ->
              Stream.concat(
                      Stream.of(before.pid()),
                      ProcessHandle.of(before.pid())
                          .orElseThrow()
                          .descendants()
                          .map(ProcessHandle::pid))
                  .toList();
          default -> List.of(pid(before, victim.process()));
        };
    signal("KILL", pids);
    for (long pid : pids) {
      ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
    }
  }

  /** As somebody does who finds that nothing runs. */
  void startAgain() throws IOException, InterruptedException {
    Outcome outcome = home.run("up");
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
  }

  /** Keeps a process from doing anything until this is closed. */
  AutoCloseable hold(Victim victim, PlatformStatus status)
      throws IOException, InterruptedException {
    long pid = pid(status, victim.process());
    signal("STOP", List.of(pid));
    return () -> {
      if (alive(pid)) {
        signal("CONT", List.of(pid));
      }
    };
  }

  private static long pid(PlatformStatus status, String name) {
    return status.processes().stream()
        .filter(process -> process.name().equals(name))
        .mapToLong(ProcessStatus::pid)
        .findFirst()
        .orElseThrow();
  }

  private static void signal(String signal, List<Long> pids)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    pids.forEach(pid -> command.add(String.valueOf(pid)));
    int ended = new ProcessBuilder(command).start().waitFor();
    assertThat(ended).as("%s", command).isLessThanOrEqualTo(pids.size() > 1 ? 1 : 0);
  }

  /** Ends it, and sees that nothing is left. */
  void down() throws IOException, InterruptedException {
    Outcome outcome = home.run("down");
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(home.processes()).isEmpty();
  }
}
