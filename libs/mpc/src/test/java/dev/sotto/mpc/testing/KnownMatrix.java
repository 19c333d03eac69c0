package dev.sotto.mpc.testing;

import dev.sotto.mpc.NarrowMatrix;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.WideMatrix;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/**
 * A matrix in the clear, and every role's part of it.
 *
 * @param words [inner][cols]
 */
public record KnownMatrix(String name, int inner, int cols, long[] words) {
  /** Random words. */
  public static KnownMatrix random(String name, int inner, int cols, long seed) {
    return new KnownMatrix(
        name, inner, cols, new Random(seed).longs((long) inner * cols).toArray());
  }

  /** W[i][j]. */
  public long at(int i, int j) {
    return words[i * cols + j];
  }

  private byte[] seed(int b) {
    byte[] seed = new byte[16];
    new Random(name.hashCode() * 31L + b).nextBytes(seed);
    return seed;
  }

  /** What a role holds. */
  public WideMatrix of(Role role) {
    long id = name.hashCode();
    int panels = (cols + Kernels.PANEL - 1) / Kernels.PANEL;
    int n = inner * Kernels.PANEL;
    long[] stored = new long[panels * n];
    long[] tile = new long[n];
    for (int p = 0; p < panels; p++) {
      for (int b = role == Role.EVALUATOR_1 ? 0 : 1; b < 2; b++) {
        new Prg(seed(b)).words(id, p, 0, tile, 0, n);
        for (int i = 0; i < n; i++) {
          stored[p * n + i] += tile[i];
        }
      }
      for (int i = 0; i < inner; i++) {
        for (int j = 0; j < Kernels.PANEL && p * Kernels.PANEL + j < cols; j++) {
          stored[p * n + i * Kernels.PANEL + j] += at(i, p * Kernels.PANEL + j);
        }
      }
    }
    MemorySegment mapped =
        role.evaluates() ? Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, stored) : null;
    return new WideMatrix(
        name,
        id,
        inner,
        cols,
        role,
        mapped,
        role == Role.EVALUATOR_1 ? null : seed(0),
        role == Role.EVALUATOR_0 ? null : seed(1));
  }

  /** What a role holds of the same in words of 32 bits: W modulo 2^32. */
  public NarrowMatrix narrow(Role role) {
    long id = name.hashCode();
    int panels = Math.ceilDiv(cols, Kernels.NARROW_PANEL);
    int n = inner * Kernels.NARROW_PANEL;
    int[] stored = new int[panels * n];
    for (int p = 0; p < panels; p++) {
      for (int b = role == Role.EVALUATOR_1 ? 0 : 1; b < 2; b++) {
        int[] pad = KnownTable.pad(seed(b), id, p, n);
        for (int i = 0; i < n; i++) {
          stored[p * n + i] += pad[i];
        }
      }
      for (int i = 0; i < inner; i++) {
        for (int j = 0; j < Kernels.NARROW_PANEL && p * Kernels.NARROW_PANEL + j < cols; j++) {
          int at = p * n + i * Kernels.NARROW_PANEL + j;
          stored[at] += (int) at(i, p * Kernels.NARROW_PANEL + j);
        }
      }
    }
    return new NarrowMatrix(
        name,
        id,
        inner,
        cols,
        role,
        role.evaluates() ? Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, stored) : null,
        role == Role.EVALUATOR_1 ? null : seed(0),
        role == Role.EVALUATOR_0 ? null : seed(1));
  }
}
