package dev.sotto.models.source;

/**
 * A credential of the Hugging Face hub. Never printed: it has no accessor outside this package and
 * no toString.
 */
public final class HubToken {
  private static final int LONGEST = 512;

  private final String value;

  /** The token's text: visible ASCII without spaces. */
  public HubToken(String value) {
    if (value.isEmpty()
        || value.length() > LONGEST
        || !value.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException("hub token: it is empty, too long or has odd characters");
    }
    this.value = value;
  }

  @Override
  public String toString() {
    return "HubToken";
  }

  String header() {
    return "Bearer " + value;
  }
}
