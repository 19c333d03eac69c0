package dev.sotto.cli;

/** What may stand for a model on the command line. */
final class ModelNames {
  static final String DEFAULT = "smollm2-135m-instruct";

  static final String DESCRIPTION =
      "A known model, a .gguf file, a folder with config.json, or hf:owner/repository@revision";

  private ModelNames() {}
}
