package dev.sotto.mpc.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.Channel;
import dev.sotto.mpc.Dealings;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.Prg;
import dev.sotto.ring.ScalarKernels;
import dev.sotto.ring.Words;
import org.junit.jupiter.api.Test;

/** A hundred million truncations: none is off by more than a unit. */
class TruncationTest {
  private static final int CHUNK = 1 << 16;
  private static final int CHUNKS = 1_526; // 100,007,936 values
  private static final long SEED = 21;

  /** Ring and bits as the ring plan uses them, and the extremes. */
  private static final int[][] PLAN = {
    {49, 14}, {40, 17}, {50, 14}, {64, 24}, {64, 18}, {61, 12}, {46, 14}, {36, 8}, {27, 5}, {64, 63}
  };

  private static Scope seat(Role role) {
    Dealings dealings = role == Role.EVALUATOR_0 ? new Dealings.None() : new Nothing();
    return new Session(role, Three.streams(role, SEED), new ScalarKernels(), new Silent(), dealings)
        .place("truncate");
  }

  /** Nothing is dealt. */
  private record Nothing() implements Dealings.In {
    @Override
    public void take(byte[] bytes, int from, int length) {
      throw new AssertionError("a truncation takes nothing");
    }
  }

  /** Nothing is sent. */
  private record Silent() implements Channel {
    @Override
    public void send(byte[] bytes, int length) {
      throw new AssertionError("a truncation sends nothing");
    }

    @Override
    public void receive(byte[] bytes, int length) {
      throw new AssertionError("a truncation receives nothing");
    }
  }

  private static Share truncated(Scope at, int serial, long[] words, int ring, int bits) {
    at.session().begin(serial);
    return new TruncateReduce(new Share(words, ring, 30), bits).run(at);
  }

  @Test
  void noneOfAHundredMillionIsOffByMoreThanAUnit() {
    Scope at0 = seat(Role.EVALUATOR_0);
    Scope at1 = seat(Role.EVALUATOR_1);
    Prg random = new Prg(new byte[16]);
    long[] x = new long[CHUNK];
    long[] x0 = new long[CHUNK];
    long[] x1 = new long[CHUNK];
    long wrong = 0;
    long up = 0;
    double expected = 0;
    for (int c = 0; c < CHUNKS; c++) {
      int ring = PLAN[c % PLAN.length][0];
      int bits = PLAN[c % PLAN.length][1];
      random.words(1, c, 0, x, 0, CHUNK);
      random.words(2, c, 0, x0, 0, CHUNK);
      long keep = Words.mask(ring);
      for (int i = 0; i < 8; i++) { // the ends of the ring, and zero
        x[i] = i - 4L;
        x[8 + i] = (1L << (ring - 1)) + i - 4;
      }
      for (int i = 0; i < CHUNK; i++) {
        x[i] &= keep;
        x0[i] &= keep;
        x1[i] = (x[i] - x0[i]) & keep;
      }
      long[] z0 = truncated(at0, c, x0, ring, bits).words();
      long[] z1 = truncated(at1, c, x1, ring, bits).words();
      long out = Words.mask(ring - bits);
      long low = Words.mask(bits);
      for (int i = 0; i < CHUNK; i++) {
        long d = (z0[i] + z1[i] - (x[i] >>> bits)) & out;
        wrong |= d >>> 1;
        up += d;
        expected += Math.scalb((double) (x[i] & low) + 1, -bits);
      }
    }
    assertThat(wrong).isZero();
    // the mean is x/2^bits + 2^−bits: eight standard deviations of a hundred million coins
    assertThat(Math.abs(up - expected)).isLessThan(8 * Math.sqrt(1e8) / 2);
  }
}
