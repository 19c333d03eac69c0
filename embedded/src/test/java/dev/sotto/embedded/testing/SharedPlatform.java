package dev.sotto.embedded.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One platform with a small model for all test classes that only ask it: started with the first of
 * them, stopped after the last test of the run.
 */
public final class SharedPlatform implements BeforeAllCallback {
  private static @Nullable RunningHome shared;

  private static RunningHome running() {
    RunningHome running = shared;
    if (running == null) {
      throw new IllegalStateException("the test class is not extended with SharedPlatform");
    }
    return running;
  }

  /** Where it runs. */
  public static UserHome home() {
    return running().home();
  }

  /** The gateway's address, with the API's prefix. */
  public static String baseUrl() throws IOException {
    return running().baseUrl();
  }

  /** A key that may ask. */
  public static String key() throws IOException {
    return running().key();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(SharedPlatform.class))
            .computeIfAbsent(RunningHome.class, type -> start(), RunningHome.class);
  }

  private static RunningHome start() {
    try {
      UserHome home = UserHome.in(Files.createTempDirectory("sotto-shared-"));
      return RunningHome.up(home, "--model", home.model().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
