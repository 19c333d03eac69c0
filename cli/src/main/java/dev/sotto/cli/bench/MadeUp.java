package dev.sotto.cli.bench;

import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.WideMatrix;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/** Inputs without a meaning: no protocol's cost depends on a value. */
final class MadeUp {
  private MadeUp() {}

  /** Uniform shares at the evaluators. */
  static Share share(Scope at, int size, int ring, int fraction) {
    if (at.deals()) {
      return Share.shape(size, ring, fraction);
    }
    long[] words = new SplittableRandom(size).longs(size).toArray();
    Words.reduce(words, ring);
    return new Share(words, ring, fraction);
  }

  /** Such shares, opened. */
  static Wire wire(Scope at, String name, int size, int ring, int fraction) {
    return at.in(name).open(share(at, size, ring, fraction));
  }

  /** A matrix of uniform masked words. */
  static WideMatrix matrix(Scope at, int inner, int cols) {
    Role role = at.role();
    MemorySegment words = null;
    if (role.evaluates()) {
      int panels = Math.ceilDiv(cols, Kernels.PANEL);
      words = Arena.ofAuto().allocate(8L * inner * Kernels.PANEL * panels, 8);
      words.fill((byte) 0x35);
    }
    return new WideMatrix(
        "made-up",
        1,
        inner,
        cols,
        role,
        words,
        role == Role.EVALUATOR_1 ? null : new byte[16],
        role == Role.EVALUATOR_0 ? null : new byte[16]);
  }
}
