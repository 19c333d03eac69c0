package dev.sotto.openai;

import dev.sotto.client.Steps;

/** The steps of one answer. Closed when nobody needs more of them. */
public interface AnswerJob extends Steps, AutoCloseable {
  /** The answer is complete: closing then says so, and otherwise that the caller left. */
  void finished();

  @Override
  void close();
}
