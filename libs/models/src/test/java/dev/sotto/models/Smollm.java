package dev.sotto.models;

import dev.sotto.models.source.KnownModel;
import dev.sotto.models.source.ModelResolver;
import dev.sotto.models.source.ModelSources;
import dev.sotto.models.source.Progress;
import java.nio.file.Path;

/** The real model, fetched once per build folder. */
public final class Smollm {
  private Smollm() {}

  /** Its GGUF file. */
  public static Path file() {
    Path cache = Path.of("target", "models");
    return new ModelResolver(ModelSources.cachedIn(cache))
        .resolve(KnownModel.SMOLLM2_135M_INSTRUCT.name(), Progress.NONE);
  }
}
