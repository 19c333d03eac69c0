package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import dev.sotto.launch.Control;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be started is said in a sentence, and leaves nothing behind. */
class UpFailsTest {
  @TempDir private Path folder;
  private UserHome home = new UserHome(Path.of("x"));

  @BeforeEach
  void create() throws IOException {
    home = UserHome.in(folder);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(home.processes()).isEmpty();
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      Outcome outcome = home.run("up", "--model", home.model().toString(), "--port", port);
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err())
          .contains(
              "sotto: port " + port + " is taken by another program; choose another with --port");
    }
  }

  @Test
  void whatIsDamagedIsNamed() throws Exception {
    home.platform().create();
    Path ports = home.platform().config().resolve("ports");
    Files.writeString(ports, "kafka=none");
    Outcome outcome = home.run("up", "--model", home.model().toString());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).contains(ports + " is damaged");
    Files.delete(ports);

    Files.writeString(home.platform().plan(), "{");
    outcome = home.run("up");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).contains(home.platform().plan() + " is damaged");
    Files.delete(home.platform().plan());

    Path publisher = home.platform().keys().resolve("publishers/local.key");
    assertThat(publisher).exists(); // the first try made it
    Files.writeString(publisher, "not a key");
    outcome = home.run("up", "--model", home.model().toString());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).contains(publisher + " is damaged");
  }

  @Test
  void whatCannotBeCutEndsWhatWasStartedMeanwhile() throws Exception {
    Outcome cut = home.run("provision", home.model().toString(), "--lane", "lane-1");
    assertThat(cut.exitCode()).as(cut.toString()).isZero();
    Path lane;
    try (Stream<Path> files = Files.walk(folder.resolve("home/shards"))) {
      lane = files.filter(file -> file.endsWith("lane-1")).findFirst().orElseThrow();
    }
    Files.writeString(lane.resolve("dealer.stage-0-of-1.shard"), "damaged");
    try (FileChannel channel =
            FileChannel.open(lane.resolve(".cutting.lock"), StandardOpenOption.WRITE);
        FileLock another = channel.lock()) {
      assertThat(another.isValid()).isTrue();
      Outcome outcome = home.run("up", "--model", home.model().toString());
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err()).contains("stopping what was started", lane.toString());
    }
    assertThat(home.processes()).isEmpty();
    assertThat(home.platform().log("supervisor")).exists(); // it had been there
    assertThat(home.platform().plan()).doesNotExist();
    assertThat(home.platform().control()).doesNotExist();
  }

  @Test
  void aStartThatNobodyFinishesEnds() throws Exception {
    Process supervisor = home.supervisor();
    while (Control.read(home.platform()).isEmpty()) {
      assertThat(supervisor.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
    }
    assertThat(home.run("status", "--json").out()).contains("STARTING");
    supervisor.getOutputStream().close(); // as when who started it is killed
    assertThat(supervisor.waitFor()).isZero();
    assertThat(home.platform().failure()).doesNotExist();
    assertThat(home.run("down").out()).contains("Sotto is not running.");
  }

  @Test
  void badOptionsAreNamed() throws Exception {
    assertThat(home.run("up", "--lanes", "0").err()).contains("--lanes must be 1 to 16, was 0");
    assertThat(home.run("up", "--port", "70000").err()).contains("--port must be 1 to 65535");
    assertThat(home.run("up", "--postgres", "jdbc:postgresql://db/x").err())
        .contains("--postgres-user");
  }

  @Test
  void whatDoesNotRunIsSaidSo() throws Exception {
    Outcome status = home.run("status");
    assertThat(status.exitCode()).isEqualTo(1);
    assertThat(status.out()).contains("Sotto is not running. Start it with ./sotto up.");
    assertThat(home.run("status", "--json").out().strip()).isEqualTo("{\"state\": \"STOPPED\"}");
    Outcome down = home.run("down");
    assertThat(down.exitCode()).isZero();
    assertThat(down.out()).contains("Sotto is not running.");
    assertThat(home.run("logs").err()).contains("there are no logs");
  }
}
