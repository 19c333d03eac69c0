package dev.sotto.models;

/**
 * A model, or something that was said to be one, cannot be used. The message is one sentence or
 * two: which file and field, what is wrong, what to do. It never quotes weights, prompts or
 * answers.
 */
public final class ModelException extends RuntimeException {
  /** With a message as described above. */
  public ModelException(String message) {
    super(message);
  }

  /** With a message as described above and what led to it. */
  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
