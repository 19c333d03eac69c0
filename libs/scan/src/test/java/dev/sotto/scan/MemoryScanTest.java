package dev.sotto.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The scan finds, in this very process, every form of a secret that is there, and no other. */
class MemoryScanTest {
  private static final long SEED = 20_261_123;

  @Test
  void findsWhatIsThereAndNothingElse() throws Exception {
    Random random = new Random(SEED);
    float[] weights = new float[16];
    double[] state = new double[8];
    long[] ids = new long[8];
    for (int i = 0; i < 16; i++) {
      weights[i] = (64 + random.nextInt(64)) / 1024f;
      state[i % 8] = random.nextGaussian() * 4;
      ids[i % 8] = random.nextInt(50_000);
    }
    String word = "w" + Long.toString(random.nextLong(), 36) + Long.toString(SEED, 36);
    Needles needles = new Needles();
    needles.floats("weights", weights);
    needles.fixed("fixed", 16, java.util.Arrays.copyOf(weights, 8));
    needles.integers("ids", ids);
    needles.text("word", word);
    needles.around("state", 49, 30, 0.02, state);
    needles.around("other state", 49, 30, 0.02, 1, -2, 3, -4, 5, -6, 7, -8);

    int[] asInts = new int[8]; // on the heap
    byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
    byte[] utf16 = word.getBytes(StandardCharsets.UTF_16LE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment offHeap = arena.allocate(4096, 8);
      for (int i = 0; i < 8; i++) {
        asInts[i] = (int) ids[i];
        offHeap.set(ValueLayout.JAVA_LONG, 8L * i, Math.round(weights[i] * 65536));
        long near = Math.round(Math.scalb(state[i], 30)) + random.nextInt(1 << 20);
        offHeap.set(ValueLayout.JAVA_LONG, 512 + 8L * i, near & ((1L << 49) - 1));
      }
      for (int i = 0; i < 16; i++) {
        offHeap.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 1025 + 4L * i, weights[i]);
        offHeap.set(ValueLayout.JAVA_SHORT, 2048 + 2L * i, brain(weights[i]));
      }
      assertThat(new MemoryScan(needles).find(ProcessHandle.current().pid()))
          .contains(
              "weights as float32",
              "weights as bfloat16",
              "fixed as int64 of 16 fraction bits",
              "ids as int32, LITTLE_ENDIAN",
              "word as UTF-8",
              "word as UTF-16",
              "state near 2^30")
          .doesNotContain("other state near 2^30");
    } finally {
      Reference.reachabilityFence(List.of(asInts, utf8, utf16));
    }
    assertThat(new MemoryScan(needles).find(utf8)).containsExactly("word as UTF-8");
    assertThat(new MemoryScan(needles).find(new byte[100])).isEmpty();
  }

  private static short brain(float value) {
    return (short) (Float.floatToRawIntBits(value) >>> 16);
  }
}
