package dev.sotto.ring;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of a table under secret bits. Where vectors have 512 bits, a piece of the bit row is the
 * mask of an addition. Elsewhere it goes to all lanes, each lane shifts its own bit to the sign and
 * widens it to a mask by an arithmetic shift. A mask serves two outputs.
 */
final class VectorLookUp {
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final VectorSpecies<Long> S = Lanes.WORDS;
  private static final int IL = I.length();
  private static final int SL = S.length();
  private static final boolean MASKS = I.vectorBitSize() == 512;
  private static final IntVector TO_SIGN = IntVector.zero(I).addIndex(-1).add(31);
  private static final LongVector WORD_TO_SIGN = LongVector.zero(S).addIndex(-1).add(63);

  private VectorLookUp() {}

  static void sum(long[] bits, int[] index, int rows, LookUpTable table, long[][] out) {
    int words = table.wordsPerRow();
    int outputs = table.outputs();
    long mask = Words.mask(table.bits());
    boolean narrow = table.narrowWords();
    if (table.positions() < (narrow ? IL : SL)) {
      for (int o = 0; o < outputs; o++) {
        for (int n = 0; n < rows; n++) {
          out[o][n] = ScalarKernels.lookUpRow(bits, n * words, index[n], table, o);
        }
      }
      return;
    }
    for (int o = 0; o < outputs; o += 2) {
      boolean pair = o + 1 < outputs;
      if (narrow && pair) {
        narrow(
            bits,
            words,
            index,
            rows,
            table,
            table.narrow()[o],
            table.narrow()[o + 1],
            out[o],
            out[o + 1]);
      } else if (narrow) {
        narrow(bits, words, index, rows, table, table.narrow()[o], out[o]);
      } else if (pair) {
        wide(
            bits,
            words,
            index,
            rows,
            table,
            table.wide()[o],
            table.wide()[o + 1],
            out[o],
            out[o + 1]);
      } else {
        wide(bits, words, index, rows, table, table.wide()[o], out[o]);
      }
    }
    for (int o = 0; o < outputs; o++) {
      long[] sums = out[o];
      for (int n = 0; n < rows; n++) {
        sums[n] &= mask;
      }
    }
  }

  private static void narrow(
      long[] bits, int words, int[] index, int rows, LookUpTable table, int[] run, long[] out) {
    int positions = table.positions();
    for (int n = 0; n < rows; n++) {
      int start = table.start(index[n]);
      int row = n * words;
      IntVector s = IntVector.zero(I);
      for (int j = 0; j < positions; j += IL) {
        long piece = bits[row + (j >> 6)] >>> j;
        IntVector v = IntVector.fromArray(I, run, start + j);
        s = MASKS ? s.add(v, VectorMask.fromLong(I, piece)) : s.add(v.and(chosen((int) piece)));
      }
      out[n] = s.reduceLanes(ADD);
    }
  }

  private static void narrow(
      long[] bits,
      int words,
      int[] index,
      int rows,
      LookUpTable table,
      int[] run0,
      int[] run1,
      long[] out0,
      long[] out1) {
    int positions = table.positions();
    for (int n = 0; n < rows; n++) {
      int start = table.start(index[n]);
      int row = n * words;
      IntVector s0 = IntVector.zero(I);
      IntVector s1 = IntVector.zero(I);
      for (int j = 0; j < positions; j += IL) {
        long piece = bits[row + (j >> 6)] >>> j;
        IntVector v0 = IntVector.fromArray(I, run0, start + j);
        IntVector v1 = IntVector.fromArray(I, run1, start + j);
        if (MASKS) {
          VectorMask<Integer> m = VectorMask.fromLong(I, piece);
          s0 = s0.add(v0, m);
          s1 = s1.add(v1, m);
        } else {
          IntVector m = chosen((int) piece);
          s0 = s0.add(v0.and(m));
          s1 = s1.add(v1.and(m));
        }
      }
      out0[n] = s0.reduceLanes(ADD);
      out1[n] = s1.reduceLanes(ADD);
    }
  }

  private static void wide(
      long[] bits, int words, int[] index, int rows, LookUpTable table, long[] run, long[] out) {
    int positions = table.positions();
    for (int n = 0; n < rows; n++) {
      int start = table.start(index[n]);
      int row = n * words;
      LongVector s = LongVector.zero(S);
      for (int j = 0; j < positions; j += SL) {
        long piece = bits[row + (j >> 6)] >>> j;
        LongVector v = LongVector.fromArray(S, run, start + j);
        s = MASKS ? s.add(v, VectorMask.fromLong(S, piece)) : s.add(v.and(chosen(piece)));
      }
      out[n] = s.reduceLanes(ADD);
    }
  }

  private static void wide(
      long[] bits,
      int words,
      int[] index,
      int rows,
      LookUpTable table,
      long[] run0,
      long[] run1,
      long[] out0,
      long[] out1) {
    int positions = table.positions();
    for (int n = 0; n < rows; n++) {
      int start = table.start(index[n]);
      int row = n * words;
      LongVector s0 = LongVector.zero(S);
      LongVector s1 = LongVector.zero(S);
      for (int j = 0; j < positions; j += SL) {
        long piece = bits[row + (j >> 6)] >>> j;
        LongVector v0 = LongVector.fromArray(S, run0, start + j);
        LongVector v1 = LongVector.fromArray(S, run1, start + j);
        if (MASKS) {
          VectorMask<Long> m = VectorMask.fromLong(S, piece);
          s0 = s0.add(v0, m);
          s1 = s1.add(v1, m);
        } else {
          LongVector m = chosen(piece);
          s0 = s0.add(v0.and(m));
          s1 = s1.add(v1.and(m));
        }
      }
      out0[n] = s0.reduceLanes(ADD);
      out1[n] = s1.reduceLanes(ADD);
    }
  }

  private static IntVector chosen(int piece) {
    return IntVector.broadcast(I, piece).lanewise(LSHL, TO_SIGN).lanewise(ASHR, 31);
  }

  private static LongVector chosen(long piece) {
    return LongVector.broadcast(S, piece).lanewise(LSHL, WORD_TO_SIGN).lanewise(ASHR, 63);
  }
}
