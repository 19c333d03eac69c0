package dev.sotto.ring;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** The loops that {@link Limits} times. */
final class LimitLoops {
  private static final VectorSpecies<Long> S = Lanes.WORDS;
  private static final int L = S.length();
  private static final long V = 8L * L; // bytes of a vector
  private static final int CHAINS = 12;

  /** Bytes that reading advances by: two vectors of each of four streams. */
  static final long READ_STEP = 8 * V;

  /** Multiply-adds of one step: enough independent chains to hide the multiplier's latency. */
  static final int MACS_PER_STEP = CHAINS * L;

  /** Where results go that nobody wants, so that loops cannot be left out. */
  @SuppressWarnings("UnusedVariable")
  private static volatile long kept;

  private LimitLoops() {}

  static void keep(long word) {
    kept = word;
  }

  static long read(MemorySegment memory, long at, long bytes) {
    int steps = (int) (bytes / READ_STEP);
    long quarter = 2 * V * steps;
    LongVector s0 = LongVector.zero(S);
    LongVector s1 = s0;
    LongVector s2 = s0;
    LongVector s3 = s0;
    for (int i = 0; i < steps; i++) {
      long p = at + 2 * V * i;
      s0 = s0.add(LongVector.fromMemorySegment(S, memory, p, LITTLE_ENDIAN));
      s0 = s0.add(LongVector.fromMemorySegment(S, memory, p + V, LITTLE_ENDIAN));
      long q = p + quarter;
      s1 = s1.add(LongVector.fromMemorySegment(S, memory, q, LITTLE_ENDIAN));
      s1 = s1.add(LongVector.fromMemorySegment(S, memory, q + V, LITTLE_ENDIAN));
      q = p + 2 * quarter;
      s2 = s2.add(LongVector.fromMemorySegment(S, memory, q, LITTLE_ENDIAN));
      s2 = s2.add(LongVector.fromMemorySegment(S, memory, q + V, LITTLE_ENDIAN));
      q = p + 3 * quarter;
      s3 = s3.add(LongVector.fromMemorySegment(S, memory, q, LITTLE_ENDIAN));
      s3 = s3.add(LongVector.fromMemorySegment(S, memory, q + V, LITTLE_ENDIAN));
    }
    return s0.add(s1).add(s2.add(s3)).reduceLanes(ADD);
  }

  static long multiplyAdd(long seed, int steps) {
    LongVector w = LongVector.broadcast(S, seed | 1);
    LongVector c = LongVector.broadcast(S, seed + 12345);
    LongVector s0 = c.add(w);
    LongVector s1 = s0.add(w);
    LongVector s2 = s1.add(w);
    LongVector s3 = s2.add(w);
    LongVector s4 = s3.add(w);
    LongVector s5 = s4.add(w);
    LongVector s6 = s5.add(w);
    LongVector s7 = s6.add(w);
    LongVector s8 = s7.add(w);
    LongVector s9 = s8.add(w);
    LongVector s10 = s9.add(w);
    LongVector s11 = s10.add(w);
    for (int i = 0; i < steps; i++) {
      s0 = s0.mul(w).add(c);
      s1 = s1.mul(w).add(c);
      s2 = s2.mul(w).add(c);
      s3 = s3.mul(w).add(c);
      s4 = s4.mul(w).add(c);
      s5 = s5.mul(w).add(c);
      s6 = s6.mul(w).add(c);
      s7 = s7.mul(w).add(c);
      s8 = s8.mul(w).add(c);
      s9 = s9.mul(w).add(c);
      s10 = s10.mul(w).add(c);
      s11 = s11.mul(w).add(c);
    }
    LongVector sum = s0.add(s1).add(s2.add(s3)).add(s4.add(s5)).add(s6.add(s7));
    return sum.add(s8.add(s9)).add(s10.add(s11)).reduceLanes(ADD);
  }
}
