package dev.sotto.links;

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
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A file of a secret: blocks of PEM that only their owner may read, from the first byte on (mode
 * 0600). Written all or nothing, and never over another.
 *
 * @param path where
 * @param what whose file it is, as sentences name it: "identity", "key"
 */
public record SecretFile(Path path, String what) {
  private static final int MAX_BYTES = 16 * 1024;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /** What the blocks hold; may fail, and then the file is damaged. */
  @FunctionalInterface
  public interface Content<T> {
    /** The content of blocks, in the order in which their types were asked for. */
    T of(List<byte[]> blocks) throws IOException, GeneralSecurityException;
  }

  /** Writes blocks. FileAlreadyExistsException where something is there. */
  public void write(List<PemObject> blocks) throws IOException {
    if (Files.exists(path)) {
      throw new FileAlreadyExistsException(
          path.toString(), null, "the " + what + " is never overwritten; move it away first");
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("the " + what + " needs a file name, not a root folder");
    }
    StringWriter text = new StringWriter();
    try (PemWriter pem = new PemWriter(text)) {
      for (PemObject block : blocks) {
        pem.writeObject(block);
      }
    }
    // Private from its first byte, complete before it has its name.
    Path draft = Files.createTempFile(folder, "." + what + "-", ".tmp", ownerOnly(folder));
    try {
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text.toString());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Reads what {@link #write} wrote. IOException, without a quote of what was read, when the file
   * is missing, open to others, too long, or does not hold blocks of these types with that content.
   *
   * @param mustHold what a file that is not damaged holds, for the sentence
   */
  public <T> T read(String mustHold, List<String> types, Content<T> content) throws IOException {
    if (posix(path)
        && Files.getPosixFilePermissions(path).stream().anyMatch(p -> !OWNER_ONLY.contains(p))) {
      throw new IOException(
          "the %s file %s is open to others than its owner; chmod 600 it".formatted(what, path));
    }
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException("the %s file %s is longer than any %s is".formatted(what, path, what));
    }
    byte[] bytes = Files.readAllBytes(path);
    try (PemReader pem =
        new PemReader(new StringReader(new String(bytes, StandardCharsets.US_ASCII)))) {
      List<byte[]> blocks = new ArrayList<>();
      for (String type : types) {
        PemObject block = pem.readPemObject();
        if (block == null || !block.getType().equals(type)) {
          throw new IOException("no PEM block " + type);
        }
        blocks.add(block.getContent());
      }
      return content.of(blocks);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // The cause is left out: a parser's message may quote what it read, and that is a key.
      throw new IOException(
          "the %s file %s is damaged: it must hold %s".formatted(what, path, mustHold));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
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
