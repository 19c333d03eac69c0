package dev.sotto.embedded.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One platform with a small model for all test classes that only ask it: started with the first of
 * them, stopped after the last test of the run.
 */
public final class SharedPlatform implements BeforeAllCallback {
  private static @Nullable UserHome shared;

  /** Where it runs. */
  public static UserHome home() {
    UserHome home = shared;
    if (home == null) {
      throw new IllegalStateException("the test class is not extended with SharedPlatform");
    }
    return home;
  }

  /** The gateway's address, with the API's prefix. */
  public static String baseUrl() throws IOException {
    return Files.readString(home().platform().gatewayUrl()).strip() + "/v1";
  }

  /** A key that may ask. */
  public static String key() throws IOException {
    return Files.readString(home().platform().key()).strip();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Running running =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(SharedPlatform.class))
            .computeIfAbsent(Running.class, type -> Running.start(), Running.class);
    shared = running.home;
  }

  /** Stopped by JUnit when the whole run is over. */
  private record Running(UserHome home) implements AutoCloseable {
    static Running start() {
      try {
        UserHome home = UserHome.in(Files.createTempDirectory("sotto-shared-"));
        Outcome outcome = run(home, "up", "--model", home.model().toString());
        assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
        return new Running(home);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
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
}
