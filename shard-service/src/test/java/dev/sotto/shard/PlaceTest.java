package dev.sotto.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SignedManifest.Party;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.node.JobOutlet;
import dev.sotto.node.NodeKeys;
import dev.sotto.node.NodeSettings;
import dev.sotto.shard.testing.Seat;
import dev.sotto.shard.testing.SmallLane;
import dev.sotto.shard.work.Place;
import dev.sotto.shard.work.ServedShard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node takes its place only where its own keys, its shard and the pinned roots agree. */
class PlaceTest {
  private static final Seat FIRST = new Seat(0, Role.EVALUATOR_0);

  @TempDir private Path folder;
  private SmallLane lane;

  @BeforeEach
  void make() throws IOException {
    lane = new SmallLane(folder, "nowhere:1", 1);
  }

  private Place read() throws IOException {
    return read(0, Role.EVALUATOR_0);
  }

  private Place read(int stage, Role role) throws IOException {
    return Place.read(
        folder.resolve("keys-" + FIRST),
        folder.resolve("manifest.json"),
        folder.resolve("roots.json"),
        stage,
        role);
  }

  private void open(Place place, ShardRole shard) throws IOException {
    JobOutlet silent =
        new JobOutlet() {
          @Override
          public void publish(PartialResult result) {}

          @Override
          public void digested(DigestShared share) {}
        };
    try (ServedShard served =
        ServedShard.open(
            place,
            lane.shards().file(shard, 0),
            folder.resolve("state"),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            "scalar",
            NodeSettings.DEFAULT,
            peer -> null,
            silent)) {
      assertThat(served.address().getPort()).isPositive();
      assertThat(served.jobs().running()).isZero();
    }
  }

  private SignedManifest swapped(ManifestNode other) {
    return lane.sign(lane.manifest(Map.of(FIRST, other)));
  }

  @Test
  void aNodeTakesItsPlace() throws IOException {
    Place place = read();
    assertThat(place.peers()).hasSize(2).doesNotContain(place.identity());
    assertThat(place.node().operator()).isEqualTo("operator-of-evaluator-0");
    open(place, ShardRole.EVALUATOR_0);
    open(read(), ShardRole.EVALUATOR_0); // everything was given back
  }

  @Test
  void anotherKeyInItsPlaceIsRefused() throws IOException {
    NodeKeys stranger = NodeKeys.create(folder.resolve("stranger"));
    lane.write(swapped(SmallLane.place(FIRST, stranger)));
    assertThatThrownBy(this::read).hasMessageContaining("another identity");

    ManifestNode own = SmallLane.place(FIRST, lane.keys(FIRST));
    ManifestNode otherSeal =
        new ManifestNode(own.operator(), own.identity(), stranger.sealKeys().publicKey().base64());
    lane.write(swapped(otherSeal));
    Place place = read();
    assertThatThrownBy(() -> open(place, ShardRole.EVALUATOR_0))
        .hasMessageContaining("another seal key");
  }

  @Test
  void aManifestThatARootHasNotSignedIsRefused() throws IOException {
    Manifest manifest = lane.manifest(Map.of());
    lane.write(SignedManifest.unsigned(manifest));
    assertThatThrownBy(this::read).isInstanceOf(BadMessage.class).hasMessageContaining("publisher");
    SignedManifest forged = SignedManifest.unsigned(manifest);
    SigningKey other = SigningKey.create();
    forged = forged.signed(Party.PUBLISHER, "publisher", other);
    for (String operator : manifest.operators()) {
      forged = forged.signed(Party.OPERATOR, operator, other);
    }
    lane.write(forged);
    assertThatThrownBy(this::read).hasMessageContaining("pinned key");
    Manifest old =
        new Manifest(
            manifest.version(),
            manifest.laneId(),
            manifest.modelDigest(),
            manifest.tokenizerDigest(),
            manifest.templateDigest(),
            manifest.publisher(),
            1,
            manifest.stages());
    lane.write(lane.sign(old));
    assertThatThrownBy(this::read).hasMessageContaining("expiresAt");
  }

  @Test
  void anotherModelStageOrRoleIsRefused() throws IOException {
    assertThatThrownBy(() -> read(0, Role.DEALER)).hasMessageContaining("another identity");
    assertThatThrownBy(() -> read(1, Role.EVALUATOR_0)).hasMessageContaining("no stage 1");
    Manifest manifest = lane.manifest(Map.of());
    Manifest otherModel =
        new Manifest(
            manifest.version(),
            manifest.laneId(),
            "01".repeat(32),
            manifest.tokenizerDigest(),
            manifest.templateDigest(),
            manifest.publisher(),
            manifest.expiresAt(),
            manifest.stages());
    lane.write(lane.sign(otherModel));
    Place place = read();
    assertThatThrownBy(() -> open(place, ShardRole.EVALUATOR_0))
        .hasMessageContaining("another model");
    lane.write(lane.sign(manifest));
    Place right = read();
    assertThatThrownBy(() -> open(right, ShardRole.DEALER)).hasMessageContaining("dealer");
  }

  @Test
  void missingAndDamagedFilesAreNamed() throws IOException {
    for (String file : new String[] {"manifest.json", "roots.json"}) {
      byte[] whole = Files.readAllBytes(folder.resolve(file));
      Files.delete(folder.resolve(file));
      assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining(file);
      Files.write(folder.resolve(file), new byte[] {'{'});
      assertThatThrownBy(this::read).isInstanceOf(BadMessage.class);
      Files.write(folder.resolve(file), whole);
    }
    Files.delete(folder.resolve("keys-" + FIRST).resolve("seal.pem"));
    assertThatThrownBy(this::read).hasMessageContaining("seal.pem is missing");
  }
}
