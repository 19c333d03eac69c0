package dev.sotto.node.job;

import dev.sotto.contracts.Failure;

/** What the caller asks for is not done: the sentence is for it, and quotes nothing of its job. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Failure.Code code;

  Refusal(Failure.Code code, String sentence) {
    super(sentence, null, false, false);
    this.code = code;
  }

  Failure.Code code() {
    return code;
  }
}
