package dev.sotto.models.format;

import dev.sotto.models.TensorSource;
import dev.sotto.models.text.PublicPart;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model on this machine: its weights, and the part of it that anyone may know. */
public sealed interface ModelFiles extends TensorSource permits GgufModel, HubModel {
  /**
   * Opens a GGUF file, or a folder in Hugging Face's layout.
   *
   * @throws dev.sotto.models.ModelException if it is neither, damaged, or of a kind that is not
   *     computed
   */
  static ModelFiles open(Path path) {
    return Files.isDirectory(path) ? HubModel.open(path) : GgufModel.open(path);
  }

  /** Shape, tokenizer and chat template; a tokenizer that cannot be built is refused by name. */
  PublicPart publicPart();

  @Override
  void close();
}
