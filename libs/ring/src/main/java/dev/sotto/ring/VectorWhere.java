package dev.sotto.ring;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Words that 64 bits choose: a mask of lanes is as many of them as a vector has. */
final class VectorWhere {
  private VectorWhere() {}

  /** out[from + i] ^= word where bit i is set, i &lt; 64. */
  static void xor(long bits, int word, int[] out, int from) {
    int lanes = Lanes.INTS.length();
    for (int i = 0; i < Long.SIZE; i += lanes) {
      VectorMask<Integer> chosen = VectorMask.fromLong(Lanes.INTS, bits >>> i);
      IntVector.fromArray(Lanes.INTS, out, from + i)
          .lanewise(VectorOperators.XOR, word, chosen)
          .intoArray(out, from + i);
    }
  }
}
