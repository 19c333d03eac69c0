package dev.sotto.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products in words of 32 bits: every provider against sums written out. */
class NarrowKernelsTest {
  private static final int[] ROWS = {1, 2, 3, 5, 8, 17};
  private static final int[] INNER = {1, 7, 64, 577};

  private final SplittableRandom random = new SplittableRandom(0x5077_0003L);

  @ParameterizedTest
  @MethodSource("dev.sotto.ring.KernelsTest#providers")
  void narrowPanelProducts(Kernels kernels) {
    Prg source = new Prg(new byte[16]);
    for (int rows : ROWS) {
      for (int inner : INNER) {
        int[] x = random.ints(3 + (long) rows * inner).toArray();
        byte[] panel = new byte[4 * 64 * inner];
        source.bytes(9, 4, 0, panel, 0, panel.length);
        ByteBuffer words = ByteBuffer.wrap(panel).order(ByteOrder.LITTLE_ENDIAN);
        int stride = 64 + rows % 3;
        int[] out = random.ints(7 + (long) rows * stride).toArray();
        int[] expected = out.clone();
        for (int r = 0; r < rows; r++) {
          for (int j = 0; j < 64; j++) {
            for (int i = 0; i < inner; i++) {
              expected[7 + r * stride + j] += x[3 + r * inner + i] * words.getInt(4 * (64 * i + j));
            }
          }
        }
        int[] again = out.clone();
        int[] streamed = out.clone();
        kernels.multiplyNarrow(x, 3, rows, inner, panel, out, 7, stride);
        assertThat(out).as("rows %d, inner %d", rows, inner).isEqualTo(expected);
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment mapped = arena.allocate(8 + panel.length, 8);
          MemorySegment.copy(panel, 0, mapped, ValueLayout.JAVA_BYTE, 8, panel.length);
          kernels.multiplyNarrow(x, 3, rows, inner, mapped, 8, again, 7, stride);
        }
        assertThat(again).as("native, rows %d, inner %d", rows, inner).isEqualTo(expected);
        if (rows == 1) {
          kernels.multiplyNarrowStream(x, 3, inner, source, 9, 4, streamed, 7);
          assertThat(streamed).as("stream, inner %d", inner).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.sotto.ring.KernelsTest#providers")
  void productsWithATablesRows(Kernels kernels) {
    for (int rows : ROWS) {
      for (int entries : new int[] {1, 4, 7, 64}) {
        for (int width : INNER) {
          int[] x = random.ints(3 + (long) rows * width).toArray();
          int[] words = random.ints((long) entries * width).toArray();
          byte[] table = new byte[4 * words.length];
          ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(words);
          int stride = entries + rows % 3;
          int[] out = random.ints(7 + (long) rows * stride).toArray();
          int[] expected = out.clone();
          for (int r = 0; r < rows; r++) {
            for (int e = 0; e < entries; e++) {
              for (int i = 0; i < width; i++) {
                expected[7 + r * stride + e] += x[3 + r * width + i] * words[e * width + i];
              }
            }
          }
          int[] again = out.clone();
          kernels.multiplyRows(x, 3, rows, width, table, entries, out, 7, stride);
          assertThat(out).as("%d, %d × %d", rows, entries, width).isEqualTo(expected);
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = arena.allocate(8 + table.length, 8);
            MemorySegment.copy(table, 0, mapped, ValueLayout.JAVA_BYTE, 8, table.length);
            kernels.multiplyRows(x, 3, rows, width, mapped, 8, entries, again, 7, stride);
          }
          assertThat(again).as("native, %d, %d × %d", rows, entries, width).isEqualTo(expected);
        }
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> kernels.multiplyRows(new int[4], 0, 1, 4, new byte[15], 1, new int[1], 0, 1))
        .withMessageContaining("table");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> kernels.multiplyRows(new int[4], 1, 1, 4, new byte[16], 1, new int[1], 0, 1))
        .withMessageContaining("x");
  }

  @ParameterizedTest
  @MethodSource("dev.sotto.ring.KernelsTest#providers")
  void narrowPanelsThatDoNotFitAreRefusedByName(Kernels kernels) {
    int[] x = new int[8];
    int[] out = new int[128];
    byte[] panel = new byte[4 * 64 * 4];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiplyNarrow(x, 1, 2, 4, panel, out, 0, 64))
        .withMessageContaining("x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiplyNarrow(x, 0, 1, 5, panel, out, 0, 64))
        .withMessageContaining("panel");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiplyNarrow(x, 0, 2, 4, panel, out, 1, 64))
        .withMessageContaining("out");
    MemorySegment heap = MemorySegment.ofArray(panel);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernels.multiplyNarrow(x, 0, 1, 4, heap, 0, out, 0, 64))
        .withMessageContaining("native");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mapped = arena.allocate(panel.length, 8);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> kernels.multiplyNarrow(x, 0, 1, 4, mapped, 4, out, 0, 64))
          .withMessageContaining("panel");
    }
  }
}
