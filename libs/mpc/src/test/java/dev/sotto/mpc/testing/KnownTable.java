package dev.sotto.mpc.testing;

import dev.sotto.mpc.Role;
import dev.sotto.mpc.SecretTable;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * A table in the clear, and every role's part of it.
 *
 * @param words [entries][width]
 */
public record KnownTable(String name, int entries, int width, int[] words) {
  /** Random words. */
  public static KnownTable random(String name, int entries, int width, long seed) {
    return new KnownTable(
        name, entries, width, new Random(seed).ints((long) entries * width).toArray());
  }

  /** T[e][i]. */
  public int at(int e, int i) {
    return words[e * width + i];
  }

  private byte[] seed(int b) {
    byte[] seed = new byte[16];
    new Random(name.hashCode() * 31L + b).nextBytes(seed);
    return seed;
  }

  /** The pad's first {@code count} words for a group. */
  static int[] pad(byte[] seed, long id, int group, int count) {
    byte[] bytes = new byte[4 * count];
    new Prg(seed).bytes(id, group, 0, bytes, 0, bytes.length);
    int[] pad = new int[count];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(pad);
    return pad;
  }

  /** What a role holds. */
  public SecretTable of(Role role) {
    long id = name.hashCode();
    int n = Kernels.GROUP * width;
    int groups = Math.ceilDiv(entries, Kernels.GROUP);
    int[] stored = new int[groups * n];
    System.arraycopy(words, 0, stored, 0, words.length);
    for (int g = 0; g < groups; g++) {
      for (int b = role == Role.EVALUATOR_1 ? 0 : 1; b < 2; b++) {
        int[] pad = pad(seed(b), id, g, n);
        for (int i = 0; i < n; i++) {
          stored[g * n + i] += pad[i];
        }
      }
    }
    MemorySegment mapped =
        role.evaluates() ? Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, stored) : null;
    return new SecretTable(
        name,
        id,
        entries,
        width,
        role,
        mapped,
        role == Role.EVALUATOR_1 ? null : seed(0),
        role == Role.EVALUATOR_0 ? null : seed(1));
  }
}
