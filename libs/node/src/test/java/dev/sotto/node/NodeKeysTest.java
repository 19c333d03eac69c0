package dev.sotto.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.seal.Opener;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.Sealer;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeKeysTest {
  private static final SealContext ABOUT =
      new SealContext(SealContext.Direction.REQUEST, "ab".repeat(32), 0, Role.EVALUATOR_0);

  @TempDir private Path temp;

  private Path folder() {
    return temp.resolve("node");
  }

  @Test
  void keysSurviveTheirFolder() throws IOException {
    NodeKeys made = NodeKeys.create(folder());
    NodeKeys read = NodeKeys.load(folder());
    assertThat(read.identity().key()).isEqualTo(made.identity().key());
    assertThat(read.sealKeys().publicKey()).isEqualTo(made.sealKeys().publicKey());
    byte[] associated = SealContext.associated(new JobId(1, 2), 0);
    Sealer sealer = Sealer.to(made.sealKeys().publicKey(), ABOUT);
    Octets sealed = sealer.seal(associated, new byte[] {7});
    assertThat(Opener.of(read.sealKeys(), sealer.encapsulation(), ABOUT).open(associated, sealed))
        .containsExactly(7);
  }

  @Test
  void onlyTheOwnerMayReadThem() throws IOException {
    NodeKeys.create(folder());
    for (String file : List.of("identity.pem", "seal.pem")) {
      Path path = folder().resolve(file);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
      assertThatThrownBy(() -> NodeKeys.load(folder()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file)
          .hasMessageContaining("chmod 600");
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void keysAreNeverOverwritten() throws IOException {
    NodeKeys made = NodeKeys.create(folder());
    assertThatThrownBy(() -> NodeKeys.create(folder()))
        .isInstanceOf(FileAlreadyExistsException.class);
    Files.delete(folder().resolve("seal.pem"));
    assertThatThrownBy(() -> NodeKeys.create(folder()))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> NodeKeys.load(folder())).hasMessageContaining("seal.pem is missing");
    assertThat(NodeKeys.exist(folder())).isTrue();
    assertThat(NodeKeys.exist(temp.resolve("other"))).isFalse();
    assertThat(made.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void aDamagedKeyIsOneClearError() throws IOException {
    NodeKeys.create(folder());
    Path file = folder().resolve("seal.pem");
    String whole = Files.readString(file);
    NodeKeys.create(temp.resolve("other"));
    String other = Files.readString(temp.resolve("other").resolve("seal.pem"));
    String publicHead = "-----BEGIN SOTTO SEAL PUBLIC";
    String mixed =
        whole.substring(0, whole.indexOf(publicHead)) + other.substring(other.indexOf(publicHead));
    for (String damaged :
        List.of(
            "",
            "x",
            whole.substring(0, 60),
            whole.substring(0, whole.length() / 2),
            mixed,
            "-".repeat(20_000))) {
      Files.writeString(file, damaged);
      assertThatThrownBy(() -> NodeKeys.load(folder()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("seal.pem")
          .hasNoCause();
    }
    Files.writeString(file, whole);
    assertThat(NodeKeys.load(folder())).isNotNull();
  }
}
