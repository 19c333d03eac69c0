package dev.sotto.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What stays on the device and what does not; that it is right in either case. */
@ParameterizedClass
@MethodSource("dev.sotto.ring.Devices#all")
class LimbKernelsTest {
  private static final long SEED = 0x5077_000AL;
  private static final int ROWS = 3;
  private static final int INNER = 70;
  private static final int COUNT = 4;
  private static final int STRIDE = 32 * COUNT;
  private static final int WORDS = INNER * STRIDE;
  private static final long LIMBS = 3 * 8L * WORDS;

  @TempDir private Path folder;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final long[] x = random.longs(ROWS * INNER).toArray();
  private final Device device;

  LimbKernelsTest(Device device) {
    this.device = device;
  }

  /** Runs of two panels, so that a matrix is two of them. */
  private LimbKernels kernels(long room) {
    return LimbKernels.on(
        device,
        new ScalarKernels(),
        room,
        new LimbKernels.Cut(2, 100, 64, 1 << 20, 1 << 20),
        LimbKernels.Worth.ALWAYS);
  }

  private MemorySegment file(String name, MapMode mode, Arena arena) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 * WORDS).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(random.longs(WORDS).toArray());
    Path file = folder.resolve(name);
    Files.write(file, bytes.array());
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(mode, 0, 8L * WORDS, arena);
    }
  }

  private void right(Kernels kernels, MemorySegment panels) {
    long[] expected = random.longs(ROWS * STRIDE).toArray();
    long[] out = expected.clone();
    new ScalarKernels().multiplyPanels(x, 0, ROWS, INNER, panels, 0, COUNT, expected, 0, STRIDE);
    kernels.multiplyPanels(x, 0, ROWS, INNER, panels, 0, COUNT, out, 0, STRIDE);
    assertThat(out).isEqualTo(expected);
  }

  @Test
  void mappedWordsThatNobodyWritesStay() throws IOException {
    LimbKernels kernels = kernels(LIMBS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment panels = file("weights", MapMode.READ_ONLY, arena);
      right(kernels, panels);
      assertThat(kernels.heldRuns()).isEqualTo(2);
      right(kernels, panels);
      right(kernels, panels.asSlice(0));
      assertThat(kernels.heldRuns()).isEqualTo(2);
    }
  }

  @Test
  void otherWordsDoNot() throws IOException {
    LimbKernels kernels = kernels(LIMBS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment written = file("written", MapMode.READ_WRITE, arena);
      right(kernels, written);
      written.set(ScalarKernels.LITTLE, 8, 7L);
      right(kernels, written);
      MemorySegment plain = arena.allocate(8L * WORDS);
      plain.copyFrom(written);
      right(kernels, plain.asReadOnly());
      plain.set(ScalarKernels.LITTLE, 8, 9L);
      right(kernels, plain.asReadOnly());
    }
    assertThat(kernels.heldRuns()).isZero();
  }

  @Test
  void whatFindsNoRoomIsBroughtEachTime() throws IOException {
    LimbKernels kernels = kernels(LIMBS - 1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment panels = file("weights", MapMode.READ_ONLY, arena);
      right(kernels, panels);
      right(kernels, panels);
      assertThat(kernels.heldRuns()).isEqualTo(1);
    }
  }

  /** The room of a closed mapping is free again; a later one, perhaps in its place, is its own. */
  @Test
  void whatIsClosedGoes() throws IOException {
    LimbKernels kernels = kernels(LIMBS);
    for (int turn = 0; turn < 5; turn++) {
      try (Arena arena = Arena.ofShared()) {
        right(kernels, file("weights" + turn, MapMode.READ_ONLY, arena));
        assertThat(kernels.heldRuns()).isEqualTo(2);
      }
    }
  }

  @Test
  void whatIsNotWorthTheWayStaysHere() throws IOException {
    LimbKernels kernels =
        LimbKernels.on(
            device, new ScalarKernels(), LIMBS, LimbKernels.Cut.DEFAULT, LimbKernels.Worth.DEFAULT);
    try (Arena arena = Arena.ofConfined()) {
      right(kernels, file("weights", MapMode.READ_ONLY, arena));
    }
    assertThat(kernels.heldRuns()).isZero();
    assertThat(LimbKernels.Worth.DEFAULT.broughtFor(1, 1L << 40)).isFalse();
    assertThat(LimbKernels.Worth.DEFAULT.broughtFor(128, 1L << 24)).isTrue();
    assertThat(LimbKernels.Worth.DEFAULT.broughtFor(128, 1L << 10)).isFalse();
  }
}
