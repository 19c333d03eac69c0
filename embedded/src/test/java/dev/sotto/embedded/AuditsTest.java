package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.Falsified;
import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import dev.sotto.launch.Control;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.LaneStatus;
import dev.sotto.launch.PlatformStatus.NodeStatus;
import dev.sotto.launch.PlatformStatus.State;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.models.shard.ShardRole;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Audits as {@code up} sets them up: two lanes, of which one has an evaluator that computes with
 * other weights than it was given, as it might to run a falsified model.
 */
class AuditsTest {
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(12);
  private static final int ENOUGH = 1;

  @TempDir private Path folder;
  private UserHome home = new UserHome(Path.of("x"));

  @BeforeEach
  void upWithALiar() throws Exception {
    home = UserHome.in(folder);
    String model = home.model().toString();
    Outcome cut = home.run("provision", model, "--lane", "lane-2");
    assertThat(cut.exitCode()).as(cut.toString()).isZero();
    Path shards = Path.of(cut.out().strip().replaceAll("(?s).*, in ", ""));
    assertThat(shards.resolveSibling("answers.book")).isRegularFile();
    Falsified.shard(shards.resolve(ShardHeader.fileName(ShardRole.EVALUATOR_0, 0, 1)));
    String port = String.valueOf(UserHome.freePort());
    Outcome up = home.run("up", "--model", model, "--lanes", "2", "--port", port, "--audits", "50");
    assertThat(up.exitCode()).as(up.toString()).isZero();
  }

  @AfterEach
  void down() throws Exception {
    Outcome outcome = home.run("down");
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(home.processes()).isEmpty();
  }

  @Test
  void anHonestLanesReputationRisesAndALiarsLaneIsFound() throws Exception {
    PlatformStatus status = awaitAudits();
    assertThat(status.state()).as(status.json()).isEqualTo(State.READY);
    for (NodeStatus node : lane(status, "lane-1")) {
      assertThat(node.audits()).isGreaterThanOrEqualTo(ENOUGH);
      assertThat(node.auditsFailed()).as(status.json()).isZero();
    }
    for (NodeStatus node : lane(status, "lane-2")) {
      assertThat(node.auditsFailed()).as(status.json()).isEqualTo(node.audits());
    }
    Outcome table = home.run("status");
    assertThat(table.out().lines().filter(line -> line.contains("WRONG: "))).hasSize(3);
    assertThat(table.out().lines().filter(line -> line.matches(".*lane-1-.*audits passed: \\d+")))
        .hasSize(3);
  }

  private static List<NodeStatus> lane(PlatformStatus status, String id) {
    return status.lanes().stream()
        .filter(lane -> lane.id().equals(id))
        .map(LaneStatus::nodes)
        .findFirst()
        .orElseThrow();
  }

  private PlatformStatus awaitAudits() throws Exception {
    long start = System.nanoTime();
    while (true) {
      Optional<PlatformStatus> status = Control.read(home.platform()).flatMap(Control::status);
      if (status.isPresent()
          && status.get().lanes().stream()
              .flatMap(lane -> lane.nodes().stream())
              .allMatch(node -> node.audits() >= ENOUGH)) {
        return status.get();
      }
      assertThat(System.nanoTime() - start).as(status.toString()).isLessThan(PATIENCE_NANOS);
      boolean _ = new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
    }
  }
}
