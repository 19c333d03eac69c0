package dev.sotto.ring;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Words that 64 bits choose: a mask of lanes is as many of them as a vector has. */
final class VectorWhere {
  private VectorWhere() {}

  /** out[from + i] ^= word where bit i is set, i &lt; 64. */
  static void xor(long bits, long word, long[] out, int from) {
    int lanes = Lanes.WORDS.length();
    for (int i = 0; i < Long.SIZE; i += lanes) {
      VectorMask<Long> chosen = VectorMask.fromLong(Lanes.WORDS, bits >>> i);
      LongVector.fromArray(Lanes.WORDS, out, from + i)
          .lanewise(VectorOperators.XOR, word, chosen)
          .intoArray(out, from + i);
    }
  }
}
