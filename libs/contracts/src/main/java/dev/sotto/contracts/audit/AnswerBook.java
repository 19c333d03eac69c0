package dev.sotto.contracts.audit;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Sequences of tokens with the clear model's logits after each of them, so that an audit may begin
 * and end anywhere in one. A file: its head, then each sequence's tokens and logits, big-endian,
 * logits as 16-bit numbers of 64ths. Secret as the model's answers are, and from nodes above all.
 */
public final class AnswerBook {
  /** Most sequences. */
  public static final int MOST_SEQUENCES = 64;

  /** Most tokens of a sequence. */
  public static final int MOST_TOKENS = 512;

  private static final int MAGIC = 0x534f4142; // SOAB
  private static final int VERSION = 1;
  private static final int DIGEST_BYTES = 32;
  private static final int HEAD_BYTES = 4 + 4 + DIGEST_BYTES + 4 + 4;
  private static final int MOST_VOCAB = 1 << 20;
  private static final float UNIT = 64;

  private final String modelDigest;
  private final int vocab;
  private final List<Sequence> sequences;

  private record Sequence(int[] tokens, ByteBuffer logits) {}

  private AnswerBook(String modelDigest, int vocab, List<Sequence> sequences) {
    this.modelDigest = modelDigest;
    this.vocab = vocab;
    this.sequences = sequences;
  }

  /** Where a book's logits come from. */
  @FunctionalInterface
  public interface Oracle {
    /** The logits after each of a sequence's tokens, one call a token and in order. [vocab] */
    float[] next(int sequence, int token);
  }

  /**
   * Writes a book.
   *
   * @param modelDigest the model, SHA-256 as 64 hexadecimal digits
   */
  public static void write(
      Path file, String modelDigest, int vocab, List<int[]> sequences, Oracle oracle)
      throws IOException {
    Check.digest("AnswerBook.modelDigest", modelDigest);
    Check.range("AnswerBook.vocab", vocab, 1, MOST_VOCAB);
    Check.range("AnswerBook.sequences", sequences.size(), 1, MOST_SEQUENCES);
    for (int[] tokens : sequences) {
      Check.range("AnswerBook.tokens", tokens.length, 2, MOST_TOKENS);
    }
    try (OutputStream raw = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(raw, 1 << 16))) {
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.write(HexFormat.of().parseHex(modelDigest));
      out.writeInt(vocab);
      out.writeInt(sequences.size());
      for (int s = 0; s < sequences.size(); s++) {
        int[] tokens = sequences.get(s);
        out.writeInt(tokens.length);
        for (int token : tokens) {
          out.writeInt(token);
        }
        for (int token : tokens) {
          for (float logit : oracle.next(s, token)) {
            out.writeShort((short) Math.clamp(Math.round(logit * UNIT), -32768, 32767));
          }
        }
      }
    }
  }

  /** A book; BadMessage, naming the field, when the file is none or damaged. */
  public static AnswerBook open(Path file) throws IOException {
    ByteBuffer in;
    try (FileChannel channel = FileChannel.open(file)) {
      Check.range("AnswerBook.length", channel.size(), HEAD_BYTES, Integer.MAX_VALUE);
      in = channel.map(MapMode.READ_ONLY, 0, channel.size());
    }
    if (in.getInt() != MAGIC || in.getInt() != VERSION) {
      throw new BadMessage("AnswerBook", "is not one that this version reads");
    }
    byte[] digest = new byte[DIGEST_BYTES];
    in.get(digest);
    int vocab = in.getInt();
    Check.range("AnswerBook.vocab", vocab, 1, MOST_VOCAB);
    int count = in.getInt();
    Check.range("AnswerBook.sequences", count, 1, MOST_SEQUENCES);
    List<Sequence> sequences = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      sequences.add(sequence(in, vocab));
    }
    if (in.hasRemaining()) {
      throw new BadMessage("AnswerBook.length", "is above what its sequences take");
    }
    return new AnswerBook(HexFormat.of().formatHex(digest), vocab, sequences);
  }

  private static Sequence sequence(ByteBuffer in, int vocab) {
    need(in, Integer.BYTES);
    int length = in.getInt();
    Check.range("AnswerBook.tokens", length, 2, MOST_TOKENS);
    need(in, Integer.BYTES * (long) length);
    int[] tokens = new int[length];
    for (int i = 0; i < length; i++) {
      tokens[i] = in.getInt();
      Check.range("AnswerBook.tokens", tokens[i], 0, vocab - 1L);
    }
    long bytes = (long) Short.BYTES * length * vocab;
    need(in, bytes);
    ByteBuffer logits = in.slice(in.position(), (int) bytes);
    in.position(in.position() + (int) bytes);
    return new Sequence(tokens, logits);
  }

  private static void need(ByteBuffer in, long bytes) {
    if (in.remaining() < bytes) {
      throw new BadMessage("AnswerBook.length", "is below what its sequences take");
    }
  }

  /** The model, SHA-256 as 64 hexadecimal digits. */
  public String modelDigest() {
    return modelDigest;
  }

  /** The size of its vocabulary. */
  public int vocab() {
    return vocab;
  }

  /** How many sequences. */
  public int sequences() {
    return sequences.size();
  }

  /** A sequence's tokens. */
  public int[] tokens(int sequence) {
    return sequences.get(sequence).tokens.clone();
  }

  /** The clear model's logits after token {@code position} of a sequence, to a 128th. [vocab] */
  public float[] logits(int sequence, int position) {
    ByteBuffer all = sequences.get(sequence).logits;
    float[] out = new float[vocab];
    int at = Short.BYTES * vocab * position;
    for (int i = 0; i < vocab; i++) {
      out[i] = all.getShort(at + Short.BYTES * i) / UNIT;
    }
    return out;
  }

  @Override
  public String toString() {
    return "AnswerBook[" + sequences.size() + " sequences]";
  }
}
