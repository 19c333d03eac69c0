package dev.sotto.ring;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** out += x·rows of a panel that lie in a byte array, as a cipher left them: still in the cache. */
final class VectorStream {
  /** As many as a source makes at once. */
  static final int ROWS = Prg.CHUNK_WORDS / Kernels.PANEL;

  private static final VectorSpecies<Long> S = Lanes.WORDS;
  private static final VectorSpecies<Byte> B = S.withLanes(byte.class);
  private static final int L = S.length();
  private static final int V = 8 * L; // bytes of a vector
  private static final int ROW = 8 * Kernels.PANEL;

  private VectorStream() {}

  static void multiply(long[] x, int xFrom, int rows, byte[] panel, long[] out, int outFrom) {
    for (int j = 0; j < Kernels.PANEL; j += 4 * L) {
      columns(x, xFrom, rows, panel, 8 * j, out, outFrom + j);
    }
  }

  private static void columns(
      long[] x, int xFrom, int rows, byte[] panel, int at, long[] out, int to) {
    LongVector s0 = LongVector.fromArray(S, out, to);
    LongVector s1 = LongVector.fromArray(S, out, to + L);
    LongVector s2 = LongVector.fromArray(S, out, to + 2 * L);
    LongVector s3 = LongVector.fromArray(S, out, to + 3 * L);
    for (int i = 0; i < rows; i++) {
      int p = at + ROW * i;
      LongVector w = LongVector.broadcast(S, x[xFrom + i]);
      s0 = s0.add(w.mul(ByteVector.fromArray(B, panel, p).reinterpretAsLongs()));
      s1 = s1.add(w.mul(ByteVector.fromArray(B, panel, p + V).reinterpretAsLongs()));
      s2 = s2.add(w.mul(ByteVector.fromArray(B, panel, p + 2 * V).reinterpretAsLongs()));
      s3 = s3.add(w.mul(ByteVector.fromArray(B, panel, p + 3 * V).reinterpretAsLongs()));
    }
    s0.intoArray(out, to);
    s1.intoArray(out, to + L);
    s2.intoArray(out, to + 2 * L);
    s3.intoArray(out, to + 3 * L);
  }
}
