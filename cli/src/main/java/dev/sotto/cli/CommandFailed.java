package dev.sotto.cli;

import java.io.Serial;

/** A command cannot go on; the message is the one sentence that the user sees. */
final class CommandFailed extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  CommandFailed(String sentence) {
    super(sentence);
  }
}
