package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.SharedPlatform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs of other languages, run as their users run them. */
final class Programs {
  private static final long LONGEST_SECONDS = 600;

  private Programs() {}

  /** The folder of a client's sources. */
  static Path sources(String language) {
    return Path.of("src", "test", "clients", language).toAbsolutePath();
  }

  /** Runs a program against the shared platform; what it prints, once it has ended well. */
  static String run(Path folder, String... command) throws IOException, InterruptedException {
    Path said = Files.createTempFile(folder, "said", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "SOTTO_BASE_URL", SharedPlatform.baseUrl(),
                "SOTTO_KEY", SharedPlatform.key(),
                "SOTTO_MODEL", "small"));
    Process process = start(builder);
    boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    String text = new String(Files.readAllBytes(said), StandardCharsets.UTF_8);
    assertThat(ended).as("%s ends; it said: %s", List.of(command), text).isTrue();
    assertThat(process.exitValue()).as("%s said: %s", List.of(command), text).isZero();
    return text;
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new AssertionError(
          "the tests of clients need %s on the PATH; install it"
              .formatted(builder.command().getFirst()),
          e);
    }
  }
}
