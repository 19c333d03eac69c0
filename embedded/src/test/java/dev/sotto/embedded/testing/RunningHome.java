package dev.sotto.embedded.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A home whose platform is up until this is closed, which leaves nothing of both.
 *
 * @param home where it runs
 */
record RunningHome(UserHome home) implements AutoCloseable {
  /**
   * Starts the platform of a home, on a port of its own, or says why it did not start. Without
   * audits, whose jobs are nobody's here.
   */
  static RunningHome up(UserHome home, String... arguments) throws IOException {
    String port = String.valueOf(UserHome.freePort());
    Stream<String> up = Stream.of("up", "--audits", "0", "--port", port);
    String[] command = Stream.concat(up, Stream.of(arguments)).toArray(String[]::new);
    Outcome outcome = run(home, command);
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    return new RunningHome(home);
  }

  /** The gateway's address, with the API's prefix. */
  String baseUrl() throws IOException {
    return Files.readString(home.platform().gatewayUrl()).strip() + "/v1";
  }

  /** A key that may ask. */
  String key() throws IOException {
    return Files.readString(home.platform().key()).strip();
  }

  private static Outcome run(UserHome home, String... arguments) throws IOException {
    try {
      return home.run(arguments);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    Outcome outcome = run(home, "down");
    List<ProcessHandle> left = home.processes();
    try (Stream<Path> files = Files.walk(home.folder())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(left).isEmpty();
  }
}
