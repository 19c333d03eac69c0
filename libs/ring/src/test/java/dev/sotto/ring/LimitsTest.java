package dev.sotto.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** No figure is asserted but by its order of magnitude: the machine may be busy. */
class LimitsTest {
  @Test
  void theReadLoopReadsEveryWordOnce() {
    try (Arena arena = Arena.ofConfined()) {
      long bytes = 64 * LimitLoops.READ_STEP;
      MemorySegment memory = arena.allocate(bytes + 8);
      long sum = 0;
      for (long p = 0; p < bytes; p += 8) {
        long word = p * p + 1;
        memory.set(ScalarKernels.LITTLE, 8 + p, word);
        sum += word;
      }
      assertThat(LimitLoops.read(memory, 8, bytes)).isEqualTo(sum);
    }
  }

  @Test
  void theMultiplyLoopDoesAllItsSteps() {
    long w = 7;
    long c = 7 + 12345;
    long sum = 0;
    for (int chain = 1; chain <= LimitLoops.MACS_PER_STEP / Lanes.WORDS.length(); chain++) {
      long s = c + chain * w;
      for (int i = 0; i < 100; i++) {
        s = s * w + c;
      }
      sum += s;
    }
    assertThat(LimitLoops.multiplyAdd(7, 100)).isEqualTo(sum * Lanes.WORDS.length());
  }

  @Test
  void limitsAreRates() {
    assertThat(Limits.readBandwidth(8 << 20, 5).perSecond()).isBetween(1e7, 1e13);
    assertThat(Limits.aes(5).perSecond()).isBetween(1e6, 1e12);
    Limits.Limit macs = Limits.multiplyAdds(2, 5);
    assertThat(macs.perSecond()).isBetween(1e6, 1e13);
    assertThat(macs.runs()).isEqualTo(5);
    assertThat(macs.spread()).isNotNegative();
  }

  @Test
  void boundsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limits.readBandwidth(1000, 5))
        .withMessageStartingWith("bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limits.multiplyAdds(0, 5))
        .withMessageStartingWith("threads");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limits.aes(0))
        .withMessageStartingWith("runs");
  }
}
