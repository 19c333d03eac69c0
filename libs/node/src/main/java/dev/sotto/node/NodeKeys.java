package dev.sotto.node;

import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.links.NodeIdentity;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A node's own keys, in a folder of its own: the identity that peers pin, and the pair that jobs
 * are sealed to. A lane's manifest names the public halves of both.
 *
 * <p>Secrets: they are in files that only their owner may read, and have no part in {@link
 * #toString}.
 */
public final class NodeKeys {
  private static final String IDENTITY = "identity.pem";
  private static final String SEAL = "seal.pem";

  private final NodeIdentity identity;
  private final SealKeyPair sealKeys;

  private NodeKeys(NodeIdentity identity, SealKeyPair sealKeys) {
    this.identity = identity;
    this.sealKeys = sealKeys;
  }

  /**
   * Fresh keys, written to {@code folder}, which is made if it is missing. Keys are never
   * overwritten: FileAlreadyExistsException.
   */
  public static NodeKeys create(Path folder) throws IOException {
    Files.createDirectories(folder);
    if (Files.exists(folder.resolve(SEAL))) {
      throw new FileAlreadyExistsException(
          folder.resolve(SEAL).toString(), null, "a key is never overwritten; move it away first");
    }
    NodeKeys keys = new NodeKeys(NodeIdentity.create(), SealKeyPair.create());
    keys.identity.save(folder.resolve(IDENTITY));
    SealKeyFile.write(folder.resolve(SEAL), keys.sealKeys);
    return keys;
  }

  /**
   * The keys in a folder that {@link #create} wrote. IOException, naming the file, when one is
   * missing, readable by others than its owner, or damaged.
   */
  public static NodeKeys load(Path folder) throws IOException {
    for (String file : new String[] {IDENTITY, SEAL}) {
      if (!Files.isRegularFile(folder.resolve(file))) {
        throw new IOException(
            "the key file " + folder.resolve(file) + " is missing; restore it, or make new keys");
      }
    }
    return new NodeKeys(
        NodeIdentity.load(folder.resolve(IDENTITY)), SealKeyFile.read(folder.resolve(SEAL)));
  }

  /** Whether a folder holds keys, or a part of them. */
  public static boolean exist(Path folder) {
    return Files.exists(folder.resolve(IDENTITY)) || Files.exists(folder.resolve(SEAL));
  }

  /** What peers pin. */
  public NodeIdentity identity() {
    return identity;
  }

  /** What jobs are sealed to. */
  public SealKeyPair sealKeys() {
    return sealKeys;
  }

  @Override
  public String toString() {
    return "NodeKeys[" + identity.key() + "]";
  }
}
