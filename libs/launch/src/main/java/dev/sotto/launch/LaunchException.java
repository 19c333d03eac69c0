package dev.sotto.launch;

import java.io.Serial;

/** The platform cannot be started, asked or stopped; the message is one sentence for a person. */
public final class LaunchException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /** Says why. */
  public LaunchException(String sentence) {
    super(sentence);
  }
}
