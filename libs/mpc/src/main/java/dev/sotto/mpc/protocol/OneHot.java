package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.ring.LookUpTable;
import dev.sotto.ring.Words;

/**
 * XOR shares of the one-hot vectors of positions that the dealer knows, over 2^bits: one vector
 * serves any number of public tables read at one masked index, and no second value. No round;
 * 2^bits bits a position from the dealer to evaluator-1.
 *
 * <p>Σ_j u_b[j]·T[m − j] gives v0 − v1 = ±T[m − λ]: + if evaluator-0 holds the one at λ, − if
 * evaluator-1 does (Pika, PoPETs 2022). The dealer knows the sign and deals it where it is put
 * right.
 *
 * <p>Hides: evaluator-0's vector is a stream, evaluator-1's is the stream it does not know XOR the
 * one-hot. The sign must stay random: a fixed one would show evaluator-0 a set bit at λ.
 *
 * @param positions λ at the dealer, each below 2^bits; empty elsewhere
 */
public record OneHot(long[] positions, int count, int bits) implements Protocol<OneHot.Vectors> {
  /** Words that a vector takes. */
  static int words(int bits) {
    return bits <= 6 ? 1 : 1 << (bits - 6);
  }

  @Override
  public Claim claim() {
    return bits >= 6 ? Claim.dealing(count * words(bits), 64) : Claim.dealing(count, 1 << bits);
  }

  @Override
  public Vectors run(Scope at) {
    int w = words(bits);
    int width = Math.min(64, 1 << bits);
    return switch (at.role()) {
      case EVALUATOR_0 -> {
        long[] u = at.stream(Pair.DEALER_EVALUATOR_0, count * w, width);
        yield new Vectors(Role.EVALUATOR_0, bits, u, new long[0]);
      }
      case EVALUATOR_1 -> {
        long[] u = new long[count * w];
        at.take(u, width);
        yield new Vectors(Role.EVALUATOR_1, bits, u, new long[0]);
      }
      case DEALER -> {
        long[] u = at.stream(Pair.DEALER_EVALUATOR_0, count * w, width);
        long[] sign = new long[count];
        for (int i = 0; i < count; i++) {
          // The position is secret: every word is touched, and nothing branches.
          long bit = 1L << positions[i];
          long word = positions[i] >>> 6;
          long held = 0;
          for (int j = 0; j < w; j++) {
            long hot = bit & (((j ^ word) - 1) >> 63);
            held |= u[i * w + j] & hot;
            u[i * w + j] ^= hot;
          }
          sign[i] = 2 * ((held | -held) >>> 63) - 1;
        }
        at.session().put(u, u.length, width);
        yield new Vectors(Role.DEALER, bits, new long[0], sign);
      }
    };
  }

  /**
   * What a role holds.
   *
   * @param vectors an evaluator's shares, a row of words each
   * @param signs the dealer's: 1 or −1 each
   */
  public record Vectors(Role role, int bits, long[] vectors, long[] signs) {
    /** [± table[m − λ]], one share an output, in the table's ring. Local. index: m mod 2^bits. */
    public Share[] lookUp(Scope at, int[] index, int count, LookUpTable table, int fraction) {
      Share[] out = new Share[table.outputs()];
      if (role == Role.DEALER) {
        java.util.Arrays.fill(out, Share.shape(count, table.bits(), fraction));
        return out;
      }
      long[][] v = new long[table.outputs()][count];
      at.kernels().lookUp(vectors, index, count, table, v);
      long keep = Words.mask(table.bits());
      for (int o = 0; o < v.length; o++) {
        for (int i = 0; i < count; i++) {
          v[o][i] = (role == Role.EVALUATOR_0 ? v[o][i] : -v[o][i]) & keep;
        }
        out[o] = new Share(v[o], table.bits(), fraction);
      }
      return out;
    }

    /**
     * XOR shares of table bits: over GF(2) there is no sign. The table's fields are 16 bits wide,
     * one for each bit. Local.
     */
    public long[] lookUpBits(Scope at, int[] index, int count, LookUpTable table, int fields) {
      if (role == Role.DEALER) {
        return new long[0];
      }
      long[][] v = new long[1][count];
      at.kernels().lookUp(vectors, index, count, table, v);
      for (int i = 0; i < count; i++) {
        long bits = 0;
        for (int f = 0; f < fields; f++) {
          bits |= ((v[0][i] >>> (16 * f)) & 1) << f; // a sum's parity is its lowest bit
        }
        v[0][i] = bits;
      }
      return v[0];
    }

    @Override
    public String toString() {
      return "OneHot.Vectors[" + role + ", 2^" + bits + "]";
    }
  }
}
