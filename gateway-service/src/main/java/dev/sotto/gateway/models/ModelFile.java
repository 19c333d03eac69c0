package dev.sotto.gateway.models;

import dev.sotto.openai.ServedModel;
import java.nio.file.Path;

/**
 * A model that is served, and where its public part is.
 *
 * @param model the model, opened
 * @param file its public part
 */
public record ModelFile(ServedModel model, Path file) {}
