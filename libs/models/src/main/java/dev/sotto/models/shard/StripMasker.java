package dev.sotto.models.shard;

import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes what the evaluators store of some rows of a panel: S0 = W + P1 and S1 = S0 + P0. */
final class StripMasker {
  private final Prg pad0;
  private final Prg pad1;
  private final long[] pad;
  private final ByteBuffer stored0;
  private final ByteBuffer stored1;

  /** A masker under w0 and w1 for strips of up to {@code rows} rows. */
  StripMasker(byte[] w0, byte[] w1, int rows) {
    pad0 = new Prg(w0);
    pad1 = new Prg(w1);
    pad = new long[rows * Kernels.PANEL];
    stored0 = ByteBuffer.allocate(pad.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    stored1 = ByteBuffer.allocate(pad.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Masks rows [row, row + rows) of a panel; the words are used up. */
  void mask(MatrixShape shape, int panel, int row, int rows, long[] words) {
    add(pad1, shape, panel, row, rows, words);
    put(words, rows, stored0);
    add(pad0, shape, panel, row, rows, words);
    put(words, rows, stored1);
  }

  /** What that evaluator stores of the rows masked last; good until the next call of mask. */
  ByteBuffer stored(ShardRole role) {
    return switch (role) {
      case EVALUATOR_0 -> stored0;
      case EVALUATOR_1 -> stored1;
      case DEALER -> throw new IllegalArgumentException("a dealer stores no matrix");
    };
  }

  private void add(Prg prg, MatrixShape shape, int panel, int row, int rows, long[] words) {
    shape.fillPad(prg, panel, row, rows, pad, 0);
    for (int i = 0; i < rows * Kernels.PANEL; i++) {
      words[i] += pad[i];
    }
  }

  private static void put(long[] words, int rows, ByteBuffer out) {
    out.clear();
    out.asLongBuffer().put(words, 0, rows * Kernels.PANEL);
    out.limit(rows * Kernels.PANEL * Long.BYTES);
  }
}
