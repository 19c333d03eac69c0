package dev.sotto.gateway.models;

import dev.sotto.contracts.Protection;
import dev.sotto.models.ModelException;
import dev.sotto.models.text.PublicPart;
import dev.sotto.openai.ServedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models in a folder: one folder each, by the model's name, with its public part in {@value
 * #PUBLIC_PART}. The folder is looked at again every few seconds, so that a model is served once it
 * is there.
 */
public final class ServedModels {
  static final String PUBLIC_PART = "model.json";

  private static final Logger LOG = LoggerFactory.getLogger(ServedModels.class);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,127}");
  private static final int MOST = 256;
  private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

  private final Path folder;
  private final List<Protection> protections;
  private volatile @Nullable Snapshot snapshot;

  private record Snapshot(long takenAt, Map<String, ModelFile> models, Map<Path, FileTime> seen) {
    boolean fresh() {
      return System.nanoTime() - takenAt < FRESH_NANOS;
    }
  }

  /**
   * Over a folder, which need not be there yet.
   *
   * @param protections what jobs may be given, at least one; the first unless a caller asks
   */
  public ServedModels(Path folder, List<Protection> protections) {
    this.folder = folder;
    this.protections = List.copyOf(protections);
  }

  /** The model of a name. */
  public Optional<ModelFile> find(String name) {
    return Optional.ofNullable(current().models().get(name));
  }

  /** All, by name. */
  public List<ModelFile> all() {
    return List.copyOf(current().models().values());
  }

  private Snapshot current() {
    Snapshot known = snapshot;
    if (known != null && known.fresh()) {
      return known;
    }
    synchronized (this) {
      known = snapshot;
      if (known == null || !known.fresh()) {
        known = look(known);
        snapshot = known;
      }
      return known;
    }
  }

  private Snapshot look(@Nullable Snapshot before) {
    Map<String, ModelFile> models = new TreeMap<>();
    Map<Path, FileTime> seen = new TreeMap<>();
    try (Stream<Path> folders = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      for (Path one : folders.sorted().limit(MOST).toList()) {
        String name = String.valueOf(one.getFileName());
        Path file = one.resolve(PUBLIC_PART);
        if (NAME.matcher(name).matches() && Files.isRegularFile(file)) {
          FileTime time = Files.getLastModifiedTime(file);
          seen.put(file, time);
          ModelFile known =
              before != null && time.equals(before.seen().get(file))
                  ? before.models().get(name)
                  : read(name, file, time);
          if (known != null) {
            models.put(name, known);
          }
        }
      }
    } catch (IOException e) {
      LOG.warn("the folder of models cannot be read ({})", e.getClass().getSimpleName());
    }
    return new Snapshot(System.nanoTime(), models, seen);
  }

  private @Nullable ModelFile read(String name, Path file, FileTime time) {
    try {
      // One that is replaced is not closed: answers may still be under way with it.
      ServedModel model =
          new ServedModel(name, PublicPart.read(file), protections, time.toInstant());
      LOG.info("serves model {}", name);
      return new ModelFile(model, file);
    } catch (ModelException e) {
      LOG.warn("model {} is not served: {}", name, e.getMessage());
      return null;
    }
  }
}
