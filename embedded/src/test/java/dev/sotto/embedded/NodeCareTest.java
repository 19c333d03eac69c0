package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sotto.client.lane.LaneException;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.embedded.testing.OwnEnclave;
import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import dev.sotto.launch.Control;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.UpPlan;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does about nodes: revokes one, gives it new keys, has a lane cut again. */
class NodeCareTest {
  @TempDir private Path folder;
  private UserHome home = new UserHome(Path.of("x"));

  @BeforeEach
  void start() throws Exception {
    home = UserHome.in(folder);
    Outcome up = up();
    assertThat(up.exitCode()).as(up.toString()).isZero();
  }

  @AfterEach
  void leaveNothing() throws Exception {
    down();
    assertThat(home.processes()).isEmpty();
  }

  private Outcome up() throws Exception {
    String port = String.valueOf(UserHome.freePort());
    return home.run("up", "--model", home.model().toString(), "--port", port);
  }

  private void down() throws Exception {
    Outcome down = home.run("down");
    assertThat(down.exitCode()).as(down.toString()).isZero();
  }

  private PlatformStatus status() throws IOException {
    return Control.read(home.platform()).flatMap(Control::status).orElseThrow();
  }

  private String identity(String node) throws IOException {
    return status().lanes().getFirst().nodes().stream()
        .filter(one -> one.process().equals(node))
        .findFirst()
        .orElseThrow()
        .identity();
  }

  private Path manifest() {
    return home.platform().lanes().resolve("1/manifest.json");
  }

  @Test
  void aRevokedNodesLaneGetsNoJobsUntilTheNodeHasNewKeys() throws Exception {
    String node = "lane-1-evaluator-1";
    String before = identity(node);
    SignedManifest old = SignedManifest.decode(Files.readAllBytes(manifest()));
    assertThat(home.run("node", "revoke", "lane-9-dealer").err()).contains("there are lane-1-");
    try (OwnEnclave enclave = OwnEnclave.open(home, Protection.PASSIVE, 3)) {
      assertThat(enclave.next(40, 41, 42)).hasSize(300);
      Outcome revoked = home.run("node", "revoke", node);
      assertThat(revoked.exitCode()).as(revoked.toString()).isZero();
      assertThat(revoked.out()).contains(node + " is revoked here and in the platform that runs.");
      Throwable end = catchThrowable(() -> enclave.next(43));
      assertThat(end).isInstanceOfAny(LaneException.class, JobRefused.class);
      assertThat(end).hasMessageContaining("was revoked");
      assertThat(((JobRefused) end).retryable()).isTrue();
    }
    assertThat(status().lanes().getFirst().detail()).isEqualTo("revoked");
    Throwable next = catchThrowable(() -> OwnEnclave.open(home, Protection.PASSIVE, 3).close());
    assertThat(next).isInstanceOf(JobRefused.class);
    assertThat(((JobRefused) next).code()).isEqualTo("no_lane");

    down();
    Outcome refused = up();
    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(1);
    assertThat(refused.err()).contains(node + " was revoked; ./sotto node rotate " + node);

    Outcome rotated = home.run("node", "rotate", node);
    assertThat(rotated.exitCode()).as(rotated.toString()).isZero();
    Outcome again = up();
    assertThat(again.exitCode()).as(again.toString()).isZero();
    assertThat(identity(node)).isNotEqualTo(before);
    Answers.assertAnswers(home);
    TrustRoots roots = TrustRoots.decode(Files.readAllBytes(home.platform().roots()));
    assertThat(roots.revoked()).containsExactly(before);
    assertThatThrownBy(() -> old.verified(roots, Instant.now()))
        .isInstanceOf(BadMessage.class)
        .hasMessageContaining("revoked");
    SignedManifest now = SignedManifest.decode(Files.readAllBytes(manifest()));
    assertThat(now.verified(roots, Instant.now()).laneId()).isEqualTo("lane-1");
  }

  private ShardSet shards() throws IOException {
    UpPlan plan = UpPlan.read(home.platform()).orElseThrow();
    return ShardSet.find(Path.of(plan.lanes().getFirst()), 1).orElseThrow();
  }

  @Test
  void aLaneWhoseShardIsDamagedOrLostIsNoticedAndCutAgainAsAWhole() throws Exception {
    down();
    ShardSet first = shards();
    Path damaged = first.file(ShardRole.EVALUATOR_0, 0);
    byte[] words = Files.readAllBytes(damaged);
    words[words.length - 9] ^= 4; // one bit of one word
    Files.write(damaged, words);
    Outcome refused = up();
    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(1);
    assertThat(refused.err()).contains("lane-1-evaluator-0 does not start: its shard is lost or");
    assertThat(Files.readString(home.platform().log("lane-1-evaluator-0")))
        .contains("is damaged, its checksum does not match");

    Outcome cut = home.run("provision", home.model().toString(), "--lane", "lane-1");
    assertThat(cut.exitCode()).as(cut.toString()).isZero();
    Outcome again = up();
    assertThat(again.exitCode()).as(again.toString()).isZero();
    Answers.assertAnswers(home);
    ShardSet second = shards();
    assertAllNew(first, second);

    down();
    Files.delete(second.file(ShardRole.DEALER, 0));
    Outcome found = up();
    assertThat(found.exitCode()).as(found.toString()).isZero();
    Answers.assertAnswers(home);
    assertAllNew(second, shards());
  }

  /** No role keeps what it had: seeds of one cutting say nothing about words of another. */
  private static void assertAllNew(ShardSet before, ShardSet after) {
    assertThat(after.headers())
        .extracting(ShardHeader::setId)
        .doesNotContainAnyElementsOf(before.headers().stream().map(ShardHeader::setId).toList());
    assertThat(after.headers())
        .extracting(ShardHeader::setId)
        .containsOnly(after.headers().getFirst().setId());
  }
}
