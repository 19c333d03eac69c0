package dev.sotto.ring;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** The widths that the vector kernels run at: the machine's, up to 512 bits. */
final class Lanes {
  /** Words: 2, 4 or 8 lanes, so that four vectors never exceed a panel. */
  static final VectorSpecies<Long> WORDS =
      LongVector.SPECIES_PREFERRED.length() > 8
          ? LongVector.SPECIES_512
          : LongVector.SPECIES_PREFERRED;

  /** 32-bit words: 4, 8 or 16 lanes. */
  static final VectorSpecies<Integer> INTS =
      IntVector.SPECIES_PREFERRED.length() > 16
          ? IntVector.SPECIES_512
          : IntVector.SPECIES_PREFERRED;

  private Lanes() {}
}
