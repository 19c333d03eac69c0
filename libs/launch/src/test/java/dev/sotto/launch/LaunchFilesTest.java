package dev.sotto.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchFilesTest {
  @TempDir private Path home;
  private PlatformFolder folder = new PlatformFolder(Path.of("x"));

  @BeforeEach
  void create() throws IOException {
    folder = new PlatformFolder(home.resolve("platform"));
    folder.create();
  }

  private static UpPlan plan(int port, List<String> lanes) {
    return new UpPlan(
        "small",
        "/models/small",
        1,
        lanes,
        port,
        true,
        3,
        new UpPlan.Kafka("broker:9092", null),
        new UpPlan.Postgres("jdbc:postgresql://db/postgres", "admin", "password"),
        false);
  }

  @Test
  void aPlanIsReadAsItWasWritten() throws IOException {
    assertThat(UpPlan.read(folder)).isEmpty();
    UpPlan plan = plan(8080, List.of("/shards/1", "/shards/2"));
    plan.write(folder);
    assertThat(UpPlan.read(folder)).contains(plan);
  }

  @Test
  void aPlanOfBeforeThereWereAuditsHasThem() throws IOException {
    plan(8080, List.of("/shards/1")).write(folder);
    String now = Files.readString(folder.plan());
    String earlier = now.replaceAll("\\s*\"audit_percent\" : 3,", "");
    assertThat(earlier).isNotEqualTo(now);
    Files.writeString(folder.plan(), earlier);
    assertThat(UpPlan.read(folder).orElseThrow().auditPercent())
        .isEqualTo(UpPlan.DEFAULT_AUDIT_PERCENT);
    assertThatThrownBy(
            () -> {
              Files.writeString(folder.plan(), now.replace("\"stages\" : 1,", ""));
              var _ = UpPlan.read(folder);
            })
        .isInstanceOf(LaunchException.class);
  }

  @Test
  void aDamagedPlanNamesItsFile() throws IOException {
    plan(8080, List.of("/shards/1")).write(folder);
    byte[] good = Files.readAllBytes(folder.plan());
    for (int cut = 0; cut < good.length - 1; cut += 7) {
      Files.write(folder.plan(), java.util.Arrays.copyOf(good, cut));
      assertThatThrownBy(() -> UpPlan.read(folder))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("plan.json is damaged");
    }
  }

  @Test
  void fieldsOutsideTheirBoundsAreNamed() {
    assertThatThrownBy(() -> plan(0, List.of("/shards/1"))).hasMessageContaining("port");
    assertThatThrownBy(() -> plan(70_000, List.of("/shards/1"))).hasMessageContaining("port");
    assertThatThrownBy(() -> plan(1, List.of())).hasMessageContaining("lanes");
  }

  @Test
  void filesAndFoldersAreTheirOwnersAlone() throws IOException {
    PrivateFile.write(folder.plan(), "one");
    PrivateFile.write(folder.plan(), "two");
    assertThat(folder.plan()).hasContent("two");
    assertThat(permissions(folder.plan())).isEqualTo("rw-------");
    assertThat(permissions(folder.keys())).isEqualTo("rwx------");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aStatusIsReadAsItWasWritten() {
    PlatformStatus status =
        new PlatformStatus(
            PlatformStatus.State.READY,
            "http://127.0.0.1:8080",
            "small",
            7,
            8,
            "",
            List.of(new PlatformStatus.ProcessStatus("kafka", 1, 2, 3, "it was killed")),
            List.of(new PlatformStatus.ServiceStatus("gateway", false, "does not answer")),
            List.of(new PlatformStatus.LaneStatus("lane-1", true, "", List.of())),
            Map.of("RUNNING", 1L),
            Map.of());
    assertThat(PlatformStatus.of(status.json().getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo(status);
  }

  @Test
  void processesThatAreLeftAreEndedAndNoOthers() throws Exception {
    Process left = new ProcessBuilder("cat").start();
    Process stranger = new ProcessBuilder("cat").start();
    try {
      Leftovers.Entry entry = Leftovers.Entry.of("left", left.toHandle());
      Leftovers.Entry reused =
          new Leftovers.Entry("long gone", stranger.pid(), entry.startedAt() - 60_000);
      new Leftovers(List.of(entry, reused)).write(folder);
      assertThat(Leftovers.read(folder).end()).isEqualTo(1);
      assertThat(left.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(stranger.isAlive()).isTrue();
      assertThat(Leftovers.read(folder).end()).isZero();
    } finally {
      left.destroyForcibly();
      stranger.destroyForcibly();
    }
  }

  @Test
  void aWantedPortThatIsTakenIsNamedOrTheNextOneTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(LoopbackPort.wanted(port, false)).isGreaterThan(port);
      assertThatThrownBy(() -> LoopbackPort.wanted(port, true))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("port " + port + " is taken")
          .hasMessageContaining("--port");
    }
  }

  @Test
  void aTokenIsNotPrinted() throws IOException {
    Control control = new Control(1, "secret", 2);
    control.write(folder);
    assertThat(Control.read(folder)).contains(control);
    assertThat(control.toString()).doesNotContain("secret");
  }
}
