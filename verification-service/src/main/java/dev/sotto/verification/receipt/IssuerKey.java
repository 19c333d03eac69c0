package dev.sotto.verification.receipt;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.receipt.ReceiptKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This service's key for receipts, in a file of two lines that only its owner may read: the public
 * half in hexadecimal digits and the secret half in base64. Made once, never overwritten; the file
 * with the public half beside it is for whoever checks receipts.
 */
public final class IssuerKey {
  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rw-------");
  private static final int MOST_BYTES = 4096;

  private IssuerKey() {}

  /** The key in a file, which is made if it is not there; IllegalStateException if damaged. */
  public static SigningKey of(Path file, @Nullable Path publicKeys, String issuer) {
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      SigningKey key = read(file);
      Path pinned =
          publicKeys == null ? file.resolveSibling(file.getFileName() + ".keys.json") : publicKeys;
      byte[] keys = new ReceiptKeys(Map.of(issuer, key.publicHex())).encode();
      Files.createDirectories(folder(pinned));
      Path fresh = Files.createTempFile(folder(pinned), "keys", ".tmp");
      Files.write(fresh, keys);
      Files.move(fresh, pinned, StandardCopyOption.ATOMIC_MOVE);
      return key;
    } catch (IOException e) {
      throw new IllegalStateException(
          "sotto.verification.key-file names a file that cannot be read or written", e);
    }
  }

  private static Path folder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalStateException("sotto.verification.key-file names no file");
    }
    return folder;
  }

  private static void make(Path file) throws IOException {
    Files.createDirectories(folder(file));
    SigningKey key = SigningKey.create();
    Path fresh =
        Files.createTempFile(
            folder(file), "key", ".tmp", PosixFilePermissions.asFileAttribute(OWNERS));
    String secret = Base64.getEncoder().encodeToString(key.encodedSecret());
    Files.writeString(fresh, key.publicHex() + "\n" + secret + "\n");
    try {
      Files.createLink(file, fresh); // all or nothing, and never over another
    } catch (FileAlreadyExistsException e) {
      // another instance was faster: its key it is
    } finally {
      Files.delete(fresh);
    }
  }

  private static SigningKey read(Path file) throws IOException {
    Set<PosixFilePermission> may = Files.getPosixFilePermissions(file);
    if (!OWNERS.containsAll(may)) {
      throw new IllegalStateException(
          "sotto.verification.key-file is readable by others than its owner; chmod 600 it");
    }
    if (Files.size(file) > MOST_BYTES) {
      throw damaged();
    }
    List<String> lines = Files.readString(file, StandardCharsets.US_ASCII).lines().toList();
    if (lines.size() != 2) {
      throw damaged();
    }
    try {
      return SigningKey.of(Base64.getDecoder().decode(lines.get(1)), lines.get(0));
    } catch (BadMessage | IllegalArgumentException e) {
      throw damaged(); // without a cause: it may quote the key
    }
  }

  private static IllegalStateException damaged() {
    return new IllegalStateException(
        "sotto.verification.key-file is damaged; restore it, or move it away to have another made");
  }
}
