package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.SharedPlatform;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The official Node client from its registry. */
@ExtendWith(SharedPlatform.class)
class NodeClientTest {
  private static final int THINGS = 11;

  @TempDir private Path folder;

  @Test
  void theOfficialClientHoldsInAllItsCalls() throws Exception {
    for (String file : new String[] {"package.json", "official.mjs"}) {
      Files.copy(Programs.sources("node").resolve(file), folder.resolve(file));
    }
    Programs.run(folder, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
    String said = Programs.run(folder, "node", "official.mjs");
    assertThat(said.lines()).as(said).hasSize(THINGS).allMatch(line -> line.startsWith("holds: "));
  }
}
