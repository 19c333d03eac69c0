package dev.sotto.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every provider against plain loops, bit for bit, on sizes that fill no tile and no vector. */
class KernelsTest {
  private static final int[] ROWS = {1, 2, 3, 5, 8, 17};
  private static final int[] INNER = {1, 7, 64, 577};
  private static final int[] COLS = {1, 6, 9, 32, 45};
  private static final long SEED = 0x5077_0001L;

  private final Kernels oracle = new ScalarKernels();
  private final SplittableRandom random = new SplittableRandom(SEED);

  /** PyTorch is loaded once. */
  private static final class Loaded {
    static final Kernels DJL = DjlKernels.open(new ScalarKernels());
    static final Kernels LIMBS = limbs(Device.cpu());
    static final List<Kernels> CUDA =
        Devices.cuda()
            ? List.of(limbs(Device.gpu()), LimbKernels.open(new ScalarKernels()))
            : List.of();

    /** Cut so small that sizes below need several parts of each kind, and everything goes there. */
    private static Kernels limbs(Device device) {
      return LimbKernels.on(
          device,
          new ScalarKernels(),
          0,
          new LimbKernels.Cut(4, 200, 64, 1 << 13, 1 << 12),
          LimbKernels.Worth.ALWAYS);
    }
  }

  /** The limbs on the CPU always, on a GPU where PyTorch finds one. */
  static Stream<Kernels> providers() {
    return Stream.concat(
        Stream.of(new ScalarKernels(), new VectorKernels(), Loaded.DJL, Loaded.LIMBS),
        Loaded.CUDA.stream());
  }

  @Test
  void plainLoopsGiveWhatTheContractSays() {
    long[] a = {1, 2, 3, -4};
    long[] b = {10, 20, 30, 1L << 63};
    long[] c = {1, 1, 1, 1};
    oracle.multiply(a, 0, 2, 2, 2, b, 0, 2, 2, c, 0, 2);
    assertThat(c).containsExactly(1 + 10 + 60, 1 + 20, 1 + 30 - 120, 1 + 60);
    long[] d = new long[4];
    oracle.multiplyTransposed(a, 0, 2, 2, 2, b, 0, 2, 2, d, 0, 2);
    assertThat(d).containsExactly(10 + 40, 30, 30 - 80, 90);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void panelProducts(Kernels kernels) {
    for (int rows : ROWS) {
      for (int inner : INNER) {
        long[] x = words(3 + rows * inner);
        long[] panel = words(5 + 32 * inner);
        int stride = 32 + rows % 3;
        long[] out = words(7 + rows * stride);
        long[] expected = out.clone();
        for (int r = 0; r < rows; r++) {
          for (int j = 0; j < 32; j++) {
            for (int i = 0; i < inner; i++) {
              expected[7 + r * stride + j] += x[3 + r * inner + i] * panel[5 + 32 * i + j];
            }
          }
        }
        long[] again = out.clone();
        kernels.multiplyPanel(x, 3, rows, inner, panel, 5, out, 7, stride);
        assertThat(out).as("rows %d, inner %d", rows, inner).isEqualTo(expected);
        try (Arena arena = Arena.ofConfined()) {
          kernels.multiplyPanel(x, 3, rows, inner, inNative(arena, panel, 3), 43, again, 7, stride);
        }
        assertThat(again).as("native, rows %d, inner %d", rows, inner).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void productsWithWordsOfAStream(Kernels kernels) {
    Prg source = new Prg(new byte[16]);
    for (int inner : new int[] {0, 1, 7, 32, 33, 64, 577}) {
      long[] x = words(3 + inner);
      long[] out = words(7 + 32 + 2);
      long[] expected = out.clone();
      long[] panel = new long[32 * inner];
      source.words(9, 4, 0, panel, 0, panel.length);
      oracle.multiplyPanel(x, 3, 1, inner, panel, 0, expected, 7, 32);
      kernels.multiplyStream(x, 3, inner, source, 9, 4, out, 7);
      assertThat(out).as("inner %d", inner).isEqualTo(expected);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiplyStream(words(4), 0, 5, source, 0, 0, words(32), 0))
        .withMessageContaining("x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiplyStream(words(4), 0, 4, source, 0, 0, words(32), 1))
        .withMessageContaining("out");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void productsWithPanelsInARow(Kernels kernels) {
    for (int count : new int[] {0, 1, 2, 5}) {
      for (int inner : INNER) {
        int rows = 5;
        int stride = 32 * count + 3;
        long[] x = words(3 + rows * inner);
        long[] panels = words(5 + 32 * inner * count);
        long[] out = words(7 + rows * stride);
        long[] expected = out.clone();
        for (int p = 0; p < count; p++) {
          int at = 5 + 32 * inner * p;
          oracle.multiplyPanel(x, 3, rows, inner, panels, at, expected, 7 + 32 * p, stride);
        }
        try (Arena arena = Arena.ofConfined()) {
          kernels.multiplyPanels(
              x, 3, rows, inner, inNative(arena, panels, 3), 43, count, out, 7, stride);
        }
        assertThat(out).as("%d panels of %d rows", count, inner).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void sumsOfChosenRows(Kernels kernels) {
    for (int rows : ROWS) {
      for (int entries : new int[] {1, 7, 8, 29, 63, 64}) {
        for (int width : new int[] {1, 15, 16, 33, 300, 576}) {
          int stride = 1 + rows % 3;
          long[] chosen = words(3 + rows * stride); // with bits beyond the entries
          chosen[3] = rows % 2 == 0 ? 0 : -1;
          int[] table = random.ints((long) entries * width).toArray();
          int[] out = random.ints((long) rows * width).toArray();
          int[] expected = out.clone();
          for (int r = 0; r < rows; r++) {
            for (int e = 0; e < entries; e++) {
              for (int i = 0; i < width; i++) {
                boolean on = (chosen[3 + r * stride] >>> e & 1) != 0;
                expected[r * width + i] += on ? table[e * width + i] : 0;
              }
            }
          }
          byte[] bytes = new byte[4 * table.length];
          ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(table);
          int[] again = out.clone();
          kernels.sumChosen(chosen, 3, stride, rows, entries, width, bytes, out);
          assertThat(out).as("%d × %d × %d", rows, entries, width).isEqualTo(expected);
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = arena.allocate(bytes.length + 5);
            MemorySegment.copy(bytes, 0, mapped, ValueLayout.JAVA_BYTE, 5, bytes.length);
            kernels.sumChosen(chosen, 3, stride, rows, entries, width, mapped, 5, again);
          }
          assertThat(again).as("native, %d × %d × %d", rows, entries, width).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void products(Kernels kernels) {
    for (int rows : ROWS) {
      for (int inner : INNER) {
        for (int cols : COLS) {
          int aStride = inner + 3;
          int cStride = cols + 5;
          long[] a = words(1 + rows * aStride);
          long[] c = words(7 + rows * cStride);
          long[] expected = c.clone();
          long[] transposed = c.clone();
          long[] expectedTransposed = c.clone();

          int bStride = cols + 2;
          long[] b = words(9 + inner * bStride);
          oracle.multiply(a, 1, aStride, rows, inner, b, 9, bStride, cols, expected, 7, cStride);
          kernels.multiply(a, 1, aStride, rows, inner, b, 9, bStride, cols, c, 7, cStride);
          assertThat(c).as("%d × %d × %d", rows, inner, cols).isEqualTo(expected);

          int byRows = inner + 1;
          long[] t = words(9 + cols * byRows);
          oracle.multiplyTransposed(
              a, 1, aStride, rows, inner, t, 9, byRows, cols, expectedTransposed, 7, cStride);
          kernels.multiplyTransposed(
              a, 1, aStride, rows, inner, t, 9, byRows, cols, transposed, 7, cStride);
          assertThat(transposed)
              .as("%d × %d × %dᵀ", rows, inner, cols)
              .isEqualTo(expectedTransposed);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void lookUps(Kernels kernels) {
    for (int k = 0; k <= 12; k++) {
      for (int outputs = 1; outputs <= 3; outputs++) {
        for (int bits : new int[] {8, 16, 31, 32, 33, 49, 64}) {
          lookUp(kernels, 1 << k, outputs, bits);
        }
      }
    }
  }

  private void lookUp(Kernels kernels, int positions, int outputs, int bits) {
    int rows = 3;
    long[][] values = new long[outputs][];
    for (int o = 0; o < outputs; o++) {
      values[o] = words(positions);
    }
    LookUpTable table = new LookUpTable(values, bits);
    int perRow = table.wordsPerRow();
    long[] share = words(rows * perRow);
    int[] index = {0, positions - 1, random.nextInt()};
    long[][] out = new long[outputs][rows];
    kernels.lookUp(share, index, rows, table, out);
    for (int o = 0; o < outputs; o++) {
      for (int n = 0; n < rows; n++) {
        long sum = 0;
        for (int j = 0; j < positions; j++) {
          if ((share[n * perRow + j / 64] >>> (j % 64) & 1) != 0) {
            sum += values[o][Math.floorMod(index[n] - j, positions)];
          }
        }
        assertThat(out[o][n])
            .as("%d positions, output %d, %d bits, row %d", positions, o, bits, n)
            .isEqualTo(sum & Words.mask(bits));
      }
    }
  }

  /** The use that look-ups are there for: shares of a one-hot vector give ± the table's entry. */
  @ParameterizedTest
  @MethodSource("providers")
  void sharesOfAOneHotVectorSelectOneEntry(Kernels kernels) {
    int positions = 512;
    long[][] values = {words(positions)};
    LookUpTable table = new LookUpTable(values, 24);
    for (int x = 0; x < positions; x++) {
      int lambda = random.nextInt(positions);
      int m = (x + lambda) % positions;
      long[] u0 = words(8);
      long[] u1 = u0.clone();
      u1[lambda / 64] ^= 1L << (lambda % 64);
      long[][] v0 = new long[1][1];
      long[][] v1 = new long[1][1];
      kernels.lookUp(u0, new int[] {m}, 1, table, v0);
      kernels.lookUp(u1, new int[] {m}, 1, table, v1);
      long sign = (u0[lambda / 64] >>> (lambda % 64) & 1) != 0 ? 1 : -1;
      assertThat(sign * (v0[0][0] - v1[0][0]) & Words.mask(24))
          .isEqualTo(values[0][x] & Words.mask(24));
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void wordsThatBitsChoose(Kernels kernels) {
    long[][] bits = {{0, 0}, {-1, -1}, {1, Long.MIN_VALUE}, {random.nextLong(), random.nextLong()}};
    for (long[] b : bits) {
      long[] out = words(128 + 5);
      long[] expected = out.clone();
      long word = random.nextLong();
      for (int i = 0; i < 128; i++) {
        expected[3 + i] ^= (b[i / 64] >>> i % 64 & 1) == 1 ? word : 0;
      }
      kernels.xorWhere(b[0], b[1], word, out, 3);
      assertThat(out).containsExactly(expected);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.xorWhere(0, 0, 1, new long[130], 3))
        .withMessageContaining("out");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void nothingToDoIsDone(Kernels kernels) {
    long[] none = {};
    long[] c = {1, 2};
    kernels.multiply(none, 0, 0, 0, 5, words(10), 0, 2, 2, c, 0, 2);
    kernels.multiply(none, 0, 0, 1, 0, none, 0, 2, 2, c, 0, 2);
    kernels.multiplyTransposed(none, 0, 0, 1, 0, none, 0, 0, 2, c, 0, 2);
    kernels.multiplyPanel(none, 0, 0, 4, words(128), 0, none, 0, 32);
    kernels.sumChosen(new long[1], 0, 1, 1, 4, 0, new byte[0], new int[0]);
    assertThat(c).containsExactly(1, 2);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void rangesOutsideAreRefusedByName(Kernels kernels) {
    long[] a = words(64);
    long[] c = new long[64];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiply(a, 1, 8, 8, 8, a, 0, 8, 8, c, 0, 8))
        .withMessageStartingWith("a: 8 rows of 8 words");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiply(a, 0, 8, 8, 8, a, 0, 9, 8, c, 0, 8))
        .withMessageStartingWith("b: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiplyTransposed(a, 0, 8, 8, 8, a, 0, 8, 8, c, 0, 7))
        .withMessageContaining("overlap");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiply(a, 0, 8, -1, 8, a, 0, 8, 8, c, 0, 8))
        .withMessageContaining("rows must not be negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiplyPanel(a, 0, 1, 2, MemorySegment.ofArray(a), 0, c, 0, 32))
        .withMessageContaining("native");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment small = arena.allocate(511);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> kernels.multiplyPanel(a, 0, 1, 2, small, 0, c, 0, 32))
          .withMessageStartingWith("panel: 2 rows");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> kernels.sumChosen(a, 0, 1, 1, 4, 32, small, 0, new int[32]))
          .withMessageStartingWith("table: 4 rows");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> kernels.sumChosen(a, 0, 1, 1, 65, 1, small, 0, new int[1]))
          .withMessageStartingWith("entries: ");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> kernels.sumChosen(a, 0, 1, 65, 1, 1, new byte[4], new int[65]))
          .withMessageStartingWith("chosen: ");
      MemorySegment two = arena.allocate(512);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> kernels.multiplyPanels(a, 0, 1, 1, two, 0, 3, new long[96], 0, 96))
          .withMessageStartingWith("panel: 3 rows");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> kernels.multiplyPanels(a, 0, 1, 1, two, 0, 2, c, 1, 64))
          .withMessageStartingWith("out: ");
    }
    LookUpTable table = new LookUpTable(new long[][] {words(128)}, 20);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.lookUp(a, new int[33], 33, table, new long[][] {c}))
        .withMessageStartingWith("bits: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.lookUp(a, new int[2], 2, table, new long[][] {}))
        .withMessageStartingWith("out: ");
    assertThat(c).containsOnly(0);
  }

  @Test
  void tablesAreRefusedWhenTheyAreNone() {
    assertThatIllegalArgumentException().isThrownBy(() -> new LookUpTable(new long[0][], 8));
    assertThatIllegalArgumentException().isThrownBy(() -> new LookUpTable(new long[1][3], 8));
    assertThatIllegalArgumentException().isThrownBy(() -> new LookUpTable(new long[1][0], 8));
    assertThatIllegalArgumentException().isThrownBy(() -> new LookUpTable(new long[1][4], 65));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LookUpTable(new long[][] {new long[4], new long[8]}, 8))
        .withMessageContaining("output 1 has 8 positions");
  }

  private static MemorySegment inNative(Arena arena, long[] words, int shift) {
    MemorySegment segment = arena.allocate(8L * words.length + shift);
    MemorySegment.copy(words, 0, segment, ScalarKernels.LITTLE, shift, words.length);
    return segment;
  }

  private long[] words(int count) {
    return random.longs(count).toArray();
  }
}
