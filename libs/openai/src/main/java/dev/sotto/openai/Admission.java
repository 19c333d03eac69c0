package dev.sotto.openai;

import java.util.Map;

/** A request's place within its caller's limits, from before its first job to after its last. */
public interface Admission extends AutoCloseable {
  /** No limits. */
  Admission UNLIMITED =
      new Admission() {
        @Override
        public void used(int promptTokens, int completionTokens) {}

        @Override
        public void close() {}
      };

  /** Headers of the response, as {@code x-ratelimit-remaining-requests}. */
  default Map<String, String> headers() {
    return Map.of();
  }

  /** What jobs have used of what was admitted; told once, before {@link #close}. */
  void used(int promptTokens, int completionTokens);

  /** The request is over: what it did not use is free again. */
  @Override
  void close();
}
