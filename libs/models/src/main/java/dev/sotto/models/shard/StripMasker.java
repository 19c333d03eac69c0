package dev.sotto.models.shard;

import dev.sotto.ring.Prg;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes what the evaluators store of some lines of a panel: S0 = W + P1 and S1 = S0 + P0. */
final class StripMasker {
  private final Prg pad0;
  private final Prg pad1;
  private final long[] pad;
  private final ByteBuffer stored0;
  private final ByteBuffer stored1;

  /** A masker under w0 and w1 for strips of up to {@code words} words. */
  StripMasker(byte[] w0, byte[] w1, int words) {
    pad0 = new Prg(w0);
    pad1 = new Prg(w1);
    pad = new long[words];
    stored0 = ByteBuffer.allocate(pad.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    stored1 = ByteBuffer.allocate(pad.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Masks lines [line, line + lines) of a panel; the words are used up. */
  void mask(MatrixShape shape, int panel, int line, int lines, long[] words) {
    add(pad1, shape, panel, line, lines, words);
    put(words, shape, lines, stored0);
    add(pad0, shape, panel, line, lines, words);
    put(words, shape, lines, stored1);
  }

  /** What that evaluator stores of the lines masked last; good until the next call of mask. */
  ByteBuffer stored(ShardRole role) {
    return switch (role) {
      case EVALUATOR_0 -> stored0;
      case EVALUATOR_1 -> stored1;
      case DEALER -> throw new IllegalArgumentException("a dealer stores no matrix");
    };
  }

  private void add(Prg prg, MatrixShape shape, int panel, int line, int lines, long[] words) {
    shape.fillPad(prg, panel, line, lines, pad, 0);
    for (int i = 0; i < lines * shape.lineWords(); i++) {
      words[i] += pad[i];
    }
  }

  private static void put(long[] words, MatrixShape shape, int lines, ByteBuffer out) {
    int count = lines * shape.lineWords();
    out.clear();
    if (shape.form().wordBytes() == Long.BYTES) {
      out.asLongBuffer().put(words, 0, count);
    } else {
      for (int i = 0; i < count; i++) {
        out.putInt(i * Integer.BYTES, (int) words[i]);
      }
    }
    out.limit(count * shape.form().wordBytes());
  }
}
