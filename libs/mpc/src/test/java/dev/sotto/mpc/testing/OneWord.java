package dev.sotto.mpc.testing;

import dev.sotto.mpc.NarrowMatrix;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.TableMatrix;
import dev.sotto.mpc.WideMatrix;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;
import dev.sotto.ring.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/** Secret matrices of one word whose pads have chosen low bits. */
final class OneWord {
  private static final long ID = 7;

  private OneWord() {}

  static WideMatrix matrix(Role role, long weight, long p0, long p1, int ring) {
    byte[] seed0 = seed(p0, ring, 0);
    byte[] seed1 = seed(p1, ring, 1 << 20);
    long[] words = new long[Kernels.PANEL];
    words[0] = weight + first(seed1) + (role == Role.EVALUATOR_1 ? first(seed0) : 0);
    return new WideMatrix(
        "w",
        ID,
        1,
        1,
        role,
        role.evaluates() ? off(words) : null,
        role == Role.EVALUATOR_1 ? null : seed0,
        role == Role.EVALUATOR_0 ? null : seed1);
  }

  /** The same in words of 32 bits: a stream's first 32 are the low half of its first 64. */
  static NarrowMatrix narrow(Role role, long weight, long p0, long p1, int ring) {
    byte[] seed0 = seed(p0, ring, 0);
    byte[] seed1 = seed(p1, ring, 1 << 20);
    int[] words = new int[Kernels.NARROW_PANEL];
    words[0] = (int) (weight + first(seed1) + (role == Role.EVALUATOR_1 ? first(seed0) : 0));
    return new NarrowMatrix(
        "w",
        ID,
        1,
        1,
        role,
        role.evaluates() ? Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, words) : null,
        role == Role.EVALUATOR_1 ? null : seed0,
        role == Role.EVALUATOR_0 ? null : seed1);
  }

  /** The same as a table of one row of one word. */
  static TableMatrix table(Role role, long weight, long p0, long p1, int ring) {
    byte[] seed0 = seed(p0, ring, 0);
    byte[] seed1 = seed(p1, ring, 1 << 20);
    int[] words = new int[Kernels.GROUP];
    words[0] = (int) (weight + first(seed1) + (role == Role.EVALUATOR_1 ? first(seed0) : 0));
    return new TableMatrix(
        "w",
        ID,
        1,
        1,
        role,
        role.evaluates() ? Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, words) : null,
        role == Role.EVALUATOR_1 ? null : seed0,
        role == Role.EVALUATOR_0 ? null : seed1);
  }

  private static MemorySegment off(long[] words) {
    return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, words);
  }

  /** A seed whose stream's first word ends in {@code word}. */
  private static byte[] seed(long word, int ring, int from) {
    for (int i = from; ; i++) {
      byte[] seed = ByteBuffer.allocate(16).putInt(i).array();
      if ((first(seed) & Words.mask(ring)) == word) {
        return seed;
      }
    }
  }

  private static long first(byte[] seed) {
    long[] w = new long[2];
    new Prg(seed).words(ID, 0, 0, w, 0, 2);
    return w[0];
  }
}
