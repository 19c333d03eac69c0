package dev.sotto.contracts;

/**
 * A node ends a job.
 *
 * @param jobId the job
 * @param code why, for programs
 * @param sentence why, for people: printable, at most {@value #MAX_SENTENCE_BYTES} bytes of UTF-8,
 *     without any content of the job
 */
public record Failure(JobId jobId, Code code, String sentence) implements Message {
  /** The longest sentence. */
  public static final int MAX_SENTENCE_BYTES = 512;

  /** Why a job ended. The numbers are part of the encoding. */
  public enum Code {
    /** The request breaks its contract, or asks for what this lane does not have. */
    REFUSED(1),
    /** It expired before it was opened. */
    EXPIRED(2),
    /** Its id or nonce, or one of its steps, was seen before. */
    REPLAYED(3),
    /** The roles were sent different requests. */
    DIVERGED(4),
    /** No room for another job now. */
    BUSY(5),
    /** Another role of the lane is gone. */
    PEER_GONE(6),
    /** Another role of the lane broke the protocol. */
    PEER_CHEATED(7),
    /** A fault of the node itself. */
    INTERNAL(8);

    private final int number;

    Code(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    static Code of(int number) {
      for (Code code : values()) {
        if (code.number == number) {
          return code;
        }
      }
      throw new BadMessage("Failure.code", "is none that this version knows");
    }
  }

  static final byte TYPE = 4;

  /** BadMessage when the sentence is empty, too long or not printable. */
  public Failure {
    if (sentence.isBlank() || sentence.codePoints().anyMatch(Failure::unprintable)) {
      throw new BadMessage("Failure.sentence", "must be printable text");
    }
    Check.range("Failure.sentence's length", Writer.utf8(sentence).length, 1, MAX_SENTENCE_BYTES);
  }

  /** Control and format characters could fake a terminal's lines; lone surrogates do not encode. */
  private static boolean unprintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  @Override
  public byte[] encode() {
    byte[] text = Writer.utf8(sentence);
    return new Writer(TYPE, jobId, 1 + 4 + text.length).int8(code.number).text(text).done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static Failure decode(byte[] encoding) {
    return Message.decode(encoding, "Failure", TYPE, Failure::read);
  }

  static Failure read(Reader in) {
    return new Failure(
        in.jobId(), Code.of(in.unsignedByte("code")), in.text("sentence", MAX_SENTENCE_BYTES));
  }
}
