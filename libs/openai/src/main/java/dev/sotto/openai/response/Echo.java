package dev.sotto.openai.response;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a response repeats of its request. Plaintext of the caller's.
 *
 * @param instructions as asked
 * @param topP likewise
 * @param metadata likewise
 */
record Echo(@Nullable String instructions, double topP, Map<String, String> metadata) {
  @Override
  public String toString() {
    return "Echo[hidden]";
  }
}
