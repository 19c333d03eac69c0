package dev.sotto.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final LinkedBlockingQueue<String> changes = new LinkedBlockingQueue<>();

  private void change() throws InterruptedException {
    assertThat(changes.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isNotNull();
  }

  /** A JVM whose main class watches its parent and does nothing else. */
  private Program jvm() {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new JvmProgram(
        "waits",
        java,
        List.of("-Xshare:auto", "-cp", System.getProperty("java.class.path")),
        WaitsForParent.class.getName(),
        List.of(),
        folder.resolve("log"));
  }

  @Test
  void whatIsKilledComesBackAndWhatIsStoppedDoesNot() throws Exception {
    Watched watched = new Watched(jvm(), InstantSource.system(), () -> changes.add("."));
    watched.start();
    change();
    ProcessHandle first = watched.process().orElseThrow();
    assertThat(first.destroyForcibly()).isTrue();
    change(); // it ended
    change(); // and is there again
    ProcessHandle second = watched.process().orElseThrow();
    assertThat(second.pid()).isNotEqualTo(first.pid());
    assertThat(watched.ends()).isEqualTo(1);
    assertThat(watched.lastEnd()).contains("it was killed");
    watched.stop(SOON);
    assertThat(second.isAlive()).isFalse();
    assertThat(watched.process()).isEmpty();
  }

  @Test
  void whatCannotBeStartedIsTriedAgainAndSaysWhy() throws Exception {
    Program broken =
        new Program() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public Running start() throws IOException {
            throw new IOException("no such thing");
          }
        };
    Watched watched = new Watched(broken, InstantSource.system(), () -> changes.add("."));
    watched.start();
    change();
    change();
    assertThat(watched.lastEnd()).contains("it could not be started: no such thing");
    watched.stop(SOON);
  }

  @Test
  void aProcessEndsWhenItsParentsEndOfThePipeCloses() throws Exception {
    Program.Running running = jvm().start();
    Path log = folder.resolve("log");
    while (!Files.readString(log).contains("waits")) {
      assertThat(running.process().isAlive()).isTrue();
      Thread.onSpinWait();
    }
    ((JvmProgram.Jvm) running).started().getOutputStream().close();
    running.process().onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(running.epitaph()).isEqualTo("it ended with code 0");
  }
}
