package dev.sotto.embedded.testing;

import dev.sotto.models.source.KnownModel;
import dev.sotto.models.source.ModelResolver;
import dev.sotto.models.source.ModelSources;
import dev.sotto.models.source.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One platform with the model that {@code up} serves unless told otherwise, for test classes whose
 * questions need answers that make sense: started with the first of them, stopped after the last
 * test of the run.
 */
public final class RealPlatform implements BeforeAllCallback {
  /** The model as callers name it. */
  public static final String MODEL = KnownModel.SMOLLM2_135M_INSTRUCT.name();

  /** Kept from run to run, as the model comes from a package index. */
  private static final Path CACHE = Path.of("target", "models");

  private static @Nullable RunningHome shared;

  private static RunningHome running() {
    RunningHome running = shared;
    if (running == null) {
      throw new IllegalStateException("the test class is not extended with RealPlatform");
    }
    return running;
  }

  /** Where it runs. */
  public static UserHome home() {
    return running().home();
  }

  /** The gateway's address, with the API's prefix. */
  public static String baseUrl() {
    try {
      return running().baseUrl();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A key that may ask. */
  public static String key() {
    try {
      return running().key();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model's file, as it was fetched. */
  public static Path modelFile() throws IOException {
    return new ModelResolver(ModelSources.cachedIn(CACHE)).resolve(MODEL, Progress.NONE);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(RealPlatform.class))
            .computeIfAbsent(RunningHome.class, type -> start(), RunningHome.class);
  }

  private static RunningHome start() {
    try {
      modelFile();
      UserHome home = new UserHome(Files.createTempDirectory("sotto-real-"));
      copy(CACHE, home.folder().resolve("home/cache"));
      return RunningHome.up(home);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(from)) {
      files = walk.toList();
    }
    Files.createDirectories(to.getParent());
    for (Path file : files) {
      Files.copy(file, to.resolve(from.relativize(file).toString()));
    }
  }
}
