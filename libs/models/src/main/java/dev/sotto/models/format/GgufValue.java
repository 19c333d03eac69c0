package dev.sotto.models.format;

/** A value of a GGUF file's metadata. */
sealed interface GgufValue {
  /**
   * A whole number; unsigned 64-bit numbers beyond 2^63 − 1 are refused when the file is opened.
   */
  record Whole(long value) implements GgufValue {}

  /** A real number. */
  record Real(double value) implements GgufValue {}

  /** A flag. */
  record Flag(boolean value) implements GgufValue {}

  /** A text. */
  record Text(String value) implements GgufValue {}

  /**
   * A list that stays in the file until somebody asks for it: {@code count} elements of ggml's
   * {@code type}.
   */
  record Many(int type, int count, long offset) implements GgufValue {}
}
