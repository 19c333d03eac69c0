package dev.sotto.mpc.testing;

import dev.sotto.mpc.Role;
import dev.sotto.mpc.SecretTable;
import dev.sotto.mpc.TableMatrix;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.jspecify.annotations.Nullable;

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
    return new SecretTable(
        name, name.hashCode(), entries, width, role, stored(role), seed(role, 0), seed(role, 1));
  }

  /** The same as the matrix that its rows are the columns of. */
  public TableMatrix matrix(Role role) {
    return new TableMatrix(
        name, name.hashCode(), entries, width, role, stored(role), seed(role, 0), seed(role, 1));
  }

  private byte @Nullable [] seed(Role role, int b) {
    return role == (b == 0 ? Role.EVALUATOR_1 : Role.EVALUATOR_0) ? null : seed(b);
  }

  private @Nullable MemorySegment stored(Role role) {
    int n = Kernels.GROUP * width;
    int groups = Math.ceilDiv(entries, Kernels.GROUP);
    int[] stored = new int[groups * n];
    System.arraycopy(words, 0, stored, 0, words.length);
    for (int g = 0; g < groups; g++) {
      for (int b = role == Role.EVALUATOR_1 ? 0 : 1; b < 2; b++) {
        int[] pad = pad(seed(b), name.hashCode(), g, n);
        for (int i = 0; i < n; i++) {
          stored[g * n + i] += pad[i];
        }
      }
    }
    return role.evaluates() ? Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, stored) : null;
  }
}
