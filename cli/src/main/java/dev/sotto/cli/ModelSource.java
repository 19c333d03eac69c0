package dev.sotto.cli;

import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.source.ModelResolver;
import dev.sotto.models.source.ModelSources;
import java.io.IOException;
import java.nio.file.Path;

/** A model by the name that the user gave it, fetched into the home's cache where needed. */
record ModelSource(String name, Home home) {
  /** The model's file or folder on this machine. */
  Path fetch(ProgressLine progress) throws IOException {
    home.create();
    ModelSources sources = HubSettings.of(System.getenv()).in(ModelSources.cachedIn(home.cache()));
    return new ModelResolver(sources).resolve(name, progress::bytes);
  }

  /** The model itself; for the publisher's commands, which see weights. */
  ModelFiles open(ProgressLine progress) throws IOException {
    return ModelFiles.open(fetch(progress));
  }
}
