package dev.sotto.links;

import java.io.ByteArrayInputStream;
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
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

/** The file of a {@link NodeIdentity}: PKCS#8 key, then certificate, both as PEM, in one file. */
final class IdentityFile {
  private static final int MAX_BYTES = 16 * 1024;
  private static final String KEY = "PRIVATE KEY";
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private IdentityFile() {}

  static void write(Path file, NodeIdentity identity) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(
          file.toString(), null, "an identity is never overwritten; move it away first");
    }
    StringWriter text = new StringWriter();
    try (PemWriter pem = new PemWriter(text)) {
      pem.writeObject(new PemObject(KEY, identity.privateKey().getEncoded()));
      pem.writeObject(new PemObject(CERTIFICATE, identity.certificate().getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate of this identity cannot be encoded", e);
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("an identity needs a file name, not a root folder");
    }
    // Private from its first byte, complete before it has its name.
    Path draft = Files.createTempFile(folder, ".identity-", ".tmp", ownerOnly(folder));
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

  static NodeIdentity read(Path file) throws IOException {
    if (posix(file)
        && Files.getPosixFilePermissions(file).stream().anyMatch(p -> !OWNER_ONLY.contains(p))) {
      throw new IOException(
          "the identity file " + file + " is open to others than its owner; chmod 600 it");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("the identity file " + file + " is longer than any identity is");
    }
    byte[] bytes = Files.readAllBytes(file);
    try (PemReader pem = new PemReader(new StringReader(ascii(bytes)))) {
      PrivateKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(block(pem.readPemObject(), KEY)));
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(block(pem.readPemObject(), CERTIFICATE)));
      return NodeIdentity.of(key, certificate);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // The cause is left out: a parser's message may quote what it read, and that is a key.
      throw new IOException(
          "the identity file "
              + file
              + " is damaged: it must hold an Ed25519 key and its certificate");
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static byte[] block(@Nullable PemObject object, String type) throws IOException {
    if (object == null || !object.getType().equals(type)) {
      throw new IOException("no PEM block " + type);
    }
    return object.getContent();
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
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
