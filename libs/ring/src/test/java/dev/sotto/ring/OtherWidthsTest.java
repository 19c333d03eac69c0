package dev.sotto.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vector kernels on machines with narrower vectors than the one that runs the tests. */
class OtherWidthsTest {
  private static final long SEED = 0x5077_0004L;

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void equalPlainLoops(int vectorBytes) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-XX:MaxVectorSize=" + vectorBytes,
                "-cp",
                System.getProperty("java.class.path"),
                Comparison.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    // A machine may have narrower vectors than asked for, never wider ones.
    String last = printed.strip().lines().toList().getLast();
    assertThat(last).startsWith("equal with lanes of ");
    assertThat(Integer.parseInt(last.substring(20))).isBetween(2, vectorBytes / 8);
  }

  /** Runs in a JVM of its own. */
  static final class Comparison {
    private static final Kernels PLAIN = new ScalarKernels();
    private static final Kernels VECTOR = new VectorKernels();
    private static final SplittableRandom RANDOM = new SplittableRandom(SEED);

    private Comparison() {}

    public static void main(String[] args) {
      for (int rows : new int[] {1, 2, 3, 5, 8}) {
        for (int inner : new int[] {1, 7, 64, 129}) {
          panels(rows, inner);
          products(rows, inner, 45);
          sums(rows, Math.min(inner, 64), 37);
          sums(rows, Math.min(inner, 64), 261);
        }
      }
      for (int k = 0; k < 12; k++) {
        lookUps(1 << k, 1 + k % 3, 32);
        lookUps(1 << k, 1 + k % 3, 33);
      }
      System.out.println("equal with lanes of " + Lanes.WORDS.length());
    }

    private static void sums(int rows, int entries, int width) {
      long[] chosen = words(rows);
      byte[] table = new byte[4 * entries * width];
      RANDOM.nextBytes(table);
      int[] expected = new int[rows * width];
      int[] array = new int[rows * width];
      int[] segment = new int[rows * width];
      PLAIN.sumChosen(chosen, 0, 1, rows, entries, width, table, expected);
      VECTOR.sumChosen(chosen, 0, 1, rows, entries, width, table, array);
      MemorySegment mapped = Arena.ofAuto().allocate(table.length);
      mapped.copyFrom(MemorySegment.ofArray(table));
      VECTOR.sumChosen(chosen, 0, 1, rows, entries, width, mapped, 0, segment);
      if (!Arrays.equals(expected, array) || !Arrays.equals(expected, segment)) {
        throw new AssertionError("sums differ");
      }
    }

    private static void panels(int rows, int inner) {
      long[] x = words(rows * Math.max(inner, 32));
      long[] panel = words(1 + 32 * inner);
      MemorySegment mapped = Arena.ofAuto().allocate(8L * panel.length);
      MemorySegment.copy(panel, 0, mapped, ScalarKernels.LITTLE, 0, panel.length);
      long[] expected = words(rows * Math.max(inner, 32));
      long[] array = expected.clone();
      long[] segment = expected.clone();
      PLAIN.multiplyPanel(x, 0, rows, inner, panel, 1, expected, 0, 32);
      VECTOR.multiplyPanel(x, 0, rows, inner, panel, 1, array, 0, 32);
      VECTOR.multiplyPanel(x, 0, rows, inner, mapped, 8, segment, 0, 32);
      same(expected, array);
      same(expected, segment);
    }

    private static void products(int rows, int inner, int cols) {
      long[] a = words(rows * inner);
      long[] b = words(inner * cols);
      long[] expected = words(rows * cols);
      long[] c = expected.clone();
      PLAIN.multiply(a, 0, inner, rows, inner, b, 0, cols, cols, expected, 0, cols);
      VECTOR.multiply(a, 0, inner, rows, inner, b, 0, cols, cols, c, 0, cols);
      same(expected, c);
      PLAIN.multiplyTransposed(a, 0, inner, rows, inner, b, 0, inner, cols, expected, 0, cols);
      VECTOR.multiplyTransposed(a, 0, inner, rows, inner, b, 0, inner, cols, c, 0, cols);
      same(expected, c);
    }

    private static void lookUps(int positions, int outputs, int bits) {
      long[][] values = new long[outputs][];
      Arrays.setAll(values, o -> words(positions));
      LookUpTable table = new LookUpTable(values, bits);
      long[] share = words(5 * table.wordsPerRow());
      int[] index = RANDOM.ints(5).toArray();
      long[][] expected = new long[outputs][5];
      long[][] sums = new long[outputs][5];
      PLAIN.lookUp(share, index, 5, table, expected);
      VECTOR.lookUp(share, index, 5, table, sums);
      for (int o = 0; o < outputs; o++) {
        same(expected[o], sums[o]);
      }
    }

    private static long[] words(int count) {
      return RANDOM.longs(count).toArray();
    }

    private static void same(long[] expected, long[] actual) {
      if (!Arrays.equals(expected, actual)) {
        throw new AssertionError("differs, lanes of " + Lanes.WORDS.length());
      }
    }
  }
}
