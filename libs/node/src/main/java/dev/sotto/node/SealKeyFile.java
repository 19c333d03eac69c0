package dev.sotto.node;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.seal.Opener;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.SealKey;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.contracts.seal.Sealer;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

/** The file of a node's {@link SealKeyPair}: the secret half, then the public one, both as PEM. */
final class SealKeyFile {
  private static final int MAX_BYTES = 16 * 1024;
  private static final String SECRET = "SOTTO SEAL PRIVATE KEY";
  private static final String PUBLIC = "SOTTO SEAL PUBLIC KEY";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private SealKeyFile() {}

  static void write(Path file, SealKeyPair pair) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(
          file.toString(), null, "a key is never overwritten; move it away first");
    }
    StringWriter text = new StringWriter();
    try (PemWriter pem = new PemWriter(text)) {
      pem.writeObject(new PemObject(SECRET, pair.encodedSecret()));
      pem.writeObject(new PemObject(PUBLIC, pair.publicKey().encoded().toArray()));
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("a key needs a file name, not a root folder");
    }
    // Private from its first byte, complete before it has its name.
    Path draft = Files.createTempFile(folder, ".seal-", ".tmp", ownerOnly(folder));
    try {
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text.toString());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  static SealKeyPair read(Path file) throws IOException {
    if (posix(file)
        && Files.getPosixFilePermissions(file).stream().anyMatch(p -> !OWNER_ONLY.contains(p))) {
      throw new IOException(
          "the key file " + file + " is open to others than its owner; chmod 600 it");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("the key file " + file + " is longer than any key is");
    }
    byte[] bytes = Files.readAllBytes(file);
    try (PemReader pem =
        new PemReader(new StringReader(new String(bytes, StandardCharsets.US_ASCII)))) {
      byte[] secret = block(pem.readPemObject(), SECRET);
      SealKey publicKey = new SealKey(Octets.wrap(block(pem.readPemObject(), PUBLIC)));
      SealKeyPair pair = SealKeyPair.of(secret, publicKey);
      probe(pair, publicKey);
      return pair;
    } catch (IOException | RuntimeException e) {
      // The cause is left out: a parser's message may quote what it read, and that is a key.
      throw new IOException(
          "the key file " + file + " is damaged: it must hold both halves of one seal key");
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** BadMessage when the halves do not belong together. */
  private static void probe(SealKeyPair pair, SealKey publicKey) {
    SealContext about =
        new SealContext(SealContext.Direction.REQUEST, "0".repeat(64), 0, Role.DEALER);
    byte[] told = {1, 2, 3};
    Sealer sealer = Sealer.to(publicKey, about);
    Opener opener = Opener.of(pair, sealer.encapsulation(), about);
    if (!Arrays.equals(opener.open(told, sealer.seal(told, told)), told)
        || !pair.publicKey().equals(publicKey)) {
      throw new BadMessage("SealKeyPair", "has halves that do not belong together");
    }
  }

  private static byte[] block(@Nullable PemObject object, String type) throws IOException {
    if (object == null || !object.getType().equals(type)) {
      throw new IOException("no PEM block " + type);
    }
    return object.getContent();
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    return posix(folder)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private static boolean posix(Path path) throws IOException {
    return Files.getFileStore(path).supportsFileAttributeView("posix");
  }
}
