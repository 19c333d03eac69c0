package dev.sotto.models.text;

/**
 * A turn of a conversation. Its text is plaintext of the caller, so {@link #toString} leaves it
 * out.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param content what was said
 */
public record ChatMessage(String role, String content) {
  /** A turn of the caller. */
  public static ChatMessage user(String content) {
    return new ChatMessage("user", content);
  }

  /** Instructions that come before the first turn. */
  public static ChatMessage system(String content) {
    return new ChatMessage("system", content);
  }

  /** An earlier answer. */
  public static ChatMessage assistant(String content) {
    return new ChatMessage("assistant", content);
  }

  @Override
  public String toString() {
    return "ChatMessage[" + role.length() + " + " + content.length() + " characters]";
  }
}
