package dev.sotto.openai;

/** Who asks, as the host knows them. */
public interface Caller {
  /** What keeps callers apart: answers of one are never given to another. Not secret, not shown. */
  String scope();
}
