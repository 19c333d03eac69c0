package dev.sotto.links;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
  private static final long SEED = 0x5077_0005L;

  @TempDir Path folder;

  @Test
  void anIdentitySurvivesItsFile() throws Exception {
    NodeIdentity identity = NodeIdentity.create();
    Path file = folder.resolve("identity.pem");
    identity.save(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    NodeIdentity loaded = NodeIdentity.load(file);
    assertThat(loaded.key()).isEqualTo(identity.key());
    assertThat(loaded.privateKey()).isEqualTo(identity.privateKey());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(NodeIdentity.create().key()).isNotEqualTo(identity.key());
  }

  @Test
  void anIdentityIsNeverOverwritten() throws Exception {
    Path file = folder.resolve("identity.pem");
    NodeIdentity first = NodeIdentity.create();
    first.save(file);
    assertThatThrownBy(() -> NodeIdentity.create().save(file))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(NodeIdentity.load(file).key()).isEqualTo(first.key());
  }

  @Test
  void aFileThatOthersCanReadIsRefused() throws Exception {
    Path file = folder.resolve("identity.pem");
    NodeIdentity.create().save(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> NodeIdentity.load(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void damagedFilesAreOneErrorThatQuotesNothing() throws Exception {
    Random random = new Random(SEED);
    NodeIdentity identity = NodeIdentity.create();
    Path good = folder.resolve("good.pem");
    identity.save(good);
    byte[] bytes = Files.readAllBytes(good);
    String secret = Base64.getEncoder().encodeToString(identity.privateKey().getEncoded());
    for (int i = 0; i < 300; i++) {
      byte[] mutated = bytes.clone();
      mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      Path file = Files.write(folder.resolve("bad.pem"), mutated);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      try {
        // A change that no parser looks at, or in the certificate's own signature, is harmless.
        assertThat(NodeIdentity.load(file).key()).isEqualTo(identity.key());
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("damaged").hasNoCause();
        assertThat(e.getMessage()).doesNotContain(secret.substring(20, 40));
      }
    }
    Files.write(good, new byte[20_000]);
    assertThatThrownBy(() -> NodeIdentity.load(good)).hasMessageContaining("longer");
  }

  @Test
  void secretsDoNotShow() throws Exception {
    NodeIdentity identity = NodeIdentity.create();
    String hex = HexFormat.of().formatHex(identity.privateKey().getEncoded());
    assertThat(identity.toString())
        .contains(identity.key().hex())
        .doesNotContain(hex.substring(40));
    byte[] secret = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    assertThat(new LinkSecret(secret)).hasToString("LinkSecret[hidden]");
  }

  @Test
  void keysAreReadStrictly() {
    IdentityKey key = NodeIdentity.create().key();
    assertThat(new IdentityKey(key.hex())).isEqualTo(key);
    assertThat(IdentityKey.of(key.bytes())).isEqualTo(key);
    assertThat(IdentityKey.of(key.publicKey())).isEqualTo(key);
    assertThatThrownBy(() -> new IdentityKey(key.hex().toUpperCase(Locale.ROOT) + "A"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> IdentityKey.of(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
