package dev.sotto.openai.error;

/** A stranger's words in a sentence of ours. */
final class Printable {
  private Printable() {}

  /** At most {@code most} characters, without those that could fake a line. */
  static String of(String text, int most) {
    String plain = text.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    return plain.length() <= most ? plain : plain.substring(0, most) + "…";
  }
}
