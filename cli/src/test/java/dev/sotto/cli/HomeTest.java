package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
  @Test
  void theOptionBeatsTheVariableBeatsTheUsersFolder(@TempDir Path folder) {
    Path a = folder.resolve("a");
    Map<String, String> environment = Map.of(Home.VARIABLE, folder.resolve("b").toString());
    assertThat(Home.of(a, environment, "/u").folder()).isEqualTo(a);
    assertThat(Home.of(null, environment, "/u").folder()).isEqualTo(folder.resolve("b"));
    assertThat(Home.of(null, Map.of(Home.VARIABLE, " "), "/u").folder())
        .isEqualTo(Path.of("/u/.sotto"));
    assertThat(Home.of(Path.of("x"), Map.of(), "/u").folder()).isAbsolute();
  }

  @Test
  void foldersAreMadeForTheUserAlone(@TempDir Path folder) throws IOException {
    Home home = new Home(folder.resolve("deep/home"));
    home.create();
    home.create();
    for (Path path : new Path[] {home.folder(), home.cache(), home.shards(), home.run()}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void aFileIsNoHome(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(new Home(file)::create)
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("is a file; name a folder with --home or SOTTO_HOME");
  }
}
