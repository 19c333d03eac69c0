package dev.sotto.gateway.models;

import dev.sotto.models.text.PublicPart;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A model that is served.
 *
 * @param name as callers know it
 * @param publicPart what anyone may know of it
 * @param file where that is
 * @param since when it was put there
 */
public record ServedModel(String name, PublicPart publicPart, Path file, Instant since) {
  @Override
  public String toString() {
    return "ServedModel[" + name + "]";
  }
}
