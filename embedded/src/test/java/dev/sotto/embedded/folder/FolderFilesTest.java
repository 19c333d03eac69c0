package dev.sotto.embedded.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.launch.LaunchException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderFilesTest {
  @TempDir private Path folder;

  @Test
  void aPortStaysUnlessSomebodyElseHasIt() throws IOException {
    Path file = folder.resolve("ports");
    int port = new Ports(file).of("billing");
    assertThat(new Ports(file).of("billing")).isEqualTo(port);
    assertThat(new Ports(file).of("gateway")).isNotEqualTo(port);
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(new Ports(file).of("billing")).isNotEqualTo(taken.getLocalPort());
    }
  }

  @Test
  void aDamagedFileOfPortsIsNamed() throws IOException {
    Path file = folder.resolve("ports");
    for (String damaged : new String[] {"billing=x", "billing=0", "billing=99999", "\\u12"}) {
      Files.writeString(file, damaged);
      assertThatThrownBy(() -> new Ports(file))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void keysStayAndDamagedOnesAreNamedWithoutTheirContent() throws IOException {
    Keyring keyring = new Keyring(folder);
    SigningKey key = keyring.signer("operators", "local-1");
    assertThat(keyring.signer("operators", "local-1").publicHex()).isEqualTo(key.publicHex());
    Path secret = keyring.secret("token");
    String value = Files.readString(secret);
    assertThat(Files.readString(keyring.secret("token"))).isEqualTo(value).hasSize(64);
    Path node = keyring.node("lane-1-dealer");
    assertThat(keyring.node("lane-1-dealer")).isEqualTo(node);

    Path file = keyring.signerFile("operators", "local-1");
    byte[] good = Files.readAllBytes(file);
    String base64 = Files.readAllLines(file).get(1);
    for (int i = 0; i < good.length - 1; i += 3) {
      byte[] bad = good.clone();
      bad[i] ^= 0x15;
      Files.write(file, bad);
      assertThatThrownBy(() -> keyring.signer("operators", "local-1"))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining(file + " is damaged")
          .hasMessageNotContaining(base64);
    }
    Files.write(secret, "short".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> keyring.secret("token")).hasMessageContaining("token is damaged");
  }

  @Test
  void aCrashWhileKeysAreMadeLeavesNoHalf() throws IOException {
    Keyring keyring = new Keyring(folder);
    Files.createDirectories(folder.resolve("nodes/lane-1-dealer.new"));
    Files.writeString(folder.resolve("nodes/lane-1-dealer.new/identity.pem"), "half");
    assertThat(dev.sotto.node.NodeKeys.load(keyring.node("lane-1-dealer"))).isNotNull();
  }

  @Test
  void settingsAreYamlWhateverIsInThem() throws IOException {
    Path file = folder.resolve("x.yml");
    new Settings().with("a.b", "it's # : \"x\"").with("a.c", 7).write(file);
    var loaded =
        new org.springframework.boot.env.YamlPropertySourceLoader()
            .load("x", new org.springframework.core.io.FileSystemResource(file));
    assertThat(loaded.getFirst().getProperty("a.b")).isEqualTo("it's # : \"x\"");
    assertThat(loaded.getFirst().getProperty("a.c")).isEqualTo(7);
  }
}
