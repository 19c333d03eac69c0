package dev.sotto.shard.work;

import dev.sotto.contracts.Lane;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.links.IdentityKey;
import dev.sotto.node.NodeKeys;
import dev.sotto.node.PinnedLane;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/**
 * Which seat of which lane a node has, as its own files say and the pinned roots confirm.
 *
 * @param keys this node's own
 * @param signed the lane's manifest, as it is announced
 * @param manifest what was signed, verified
 * @param roots whose signatures were believed
 * @param stage its stage
 * @param role its role
 */
public record Place(
    NodeKeys keys,
    SignedManifest signed,
    Manifest manifest,
    TrustRoots roots,
    int stage,
    Role role) {
  private static final int MAX_FILE_BYTES = 2 << 20;

  /**
   * Reads and verifies it. IOException names a file that cannot be read; BadMessage what is wrong
   * in one; IllegalArgumentException says that the manifest gives the place to somebody else.
   */
  public static Place read(Path keysFolder, Path manifestFile, Path rootsFile, int stage, Role role)
      throws IOException {
    NodeKeys keys = NodeKeys.load(keysFolder);
    SignedManifest signed = SignedManifest.decode(bytes(manifestFile));
    TrustRoots roots = TrustRoots.decode(bytes(rootsFile));
    Manifest manifest = signed.verified(roots, Instant.now());
    if (stage < 0 || stage >= Math.min(manifest.stages().size(), Lane.MAX_STAGES)) {
      throw new IllegalArgumentException(
          "the manifest " + manifestFile + " has no stage " + stage + "; set sotto.shard.stage");
    }
    Place place = new Place(keys, signed, manifest, roots, stage, role);
    if (!place.node().identity().equals(keys.identity().key().hex())) {
      throw new IllegalArgumentException(
          "the manifest %s gives %s of stage %d to another identity than that in %s"
              .formatted(manifestFile, role.label(), stage, keysFolder));
    }
    return place;
  }

  private static byte[] bytes(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("the file " + file + " is missing");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw new IOException("the file " + file + " is longer than " + MAX_FILE_BYTES + " bytes");
      }
      return bytes;
    }
  }

  /** What the manifest says of this node. */
  public ManifestNode node() {
    return manifest.stages().get(stage).node(role);
  }

  /** This node. */
  public IdentityKey identity() {
    return keys.identity().key();
  }

  /** The other nodes of the lane. */
  public Set<IdentityKey> peers() {
    Set<IdentityKey> all = PinnedLane.of(manifest, signed.digest()).identities();
    all.remove(identity());
    return all;
  }

  @Override
  public String toString() {
    return "Place[" + manifest.laneId() + ", stage " + stage + ", " + role + "]";
  }
}
