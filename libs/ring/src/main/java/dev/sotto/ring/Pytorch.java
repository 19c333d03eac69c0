package dev.sotto.ring;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.Utils;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Loading PyTorch through DJL, and words to and from its tensors. DJL is configured by system
 * properties, which this library neither reads nor writes. Whoever starts the JVM sets {@code
 * ai.djl.offline=true}: DJL then downloads nothing and sends no telemetry, and it is not loaded
 * otherwise. {@code DJL_CACHE_DIR} names the folder that the native library (450 MB) is unpacked to
 * on first use; without it that is {@code .djl.ai} in the user's home.
 */
final class Pytorch {
  private Pytorch() {}

  /**
   * A manager of tensors on {@code device}. Loading takes seconds, once a process.
   *
   * @param provider who asks, for messages
   * @throws IllegalStateException if DJL is not set offline, cannot load its library, or finds no
   *     such device; the message says what failed
   */
  static NDManager manager(String provider, Device device) {
    if (!Utils.isOfflineMode()) {
      throw new IllegalStateException(
          "kernels: '"
              + provider
              + "' needs the system property ai.djl.offline=true: without it DJL downloads what it"
              + " misses and reports its use");
    }
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalStateException("kernels: '" + provider + "' needs a little-endian machine");
    }
    try {
      Engine engine = Engine.getEngine("PyTorch");
      if (device.isGpu() && !engine.hasCapability(StandardCapabilities.CUDA)) {
        throw new NoDeviceException(
            "kernels: '%s' finds no CUDA device: it needs an NVIDIA GPU with its driver, and a build"
                    .formatted(provider)
                + " of PyTorch "
                + engine.getVersion()
                + " for CUDA in place of the one that was loaded, as docs/performance.md says");
      }
      return engine.newBaseManager(device);
    } catch (NoDeviceException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalStateException(
          "kernels: '"
              + provider
              + "' could not load PyTorch from the class path: "
              + cause(e)
              + "; check that the native library for this machine is there and that DJL_CACHE_DIR"
              + " can be written",
          e);
    }
  }

  /** PyTorch is there, the device is not. */
  private static final class NoDeviceException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    NoDeviceException(String message) {
      super(message);
    }
  }

  private static String cause(Throwable e) {
    Throwable deepest = e;
    for (Throwable next = e; next != null; next = next.getCause()) {
      deepest = next; // getCause() ends every chain: a throwable that is its own cause gives null
    }
    return deepest.toString();
  }

  /** [rows, cols] of an array, copied to memory of PyTorch's. */
  static NDArray matrix(NDManager scope, long[] words, int from, int stride, int rows, int cols) {
    return matrix(scope, new Staging(), words, from, stride, rows, cols);
  }

  /**
   * The same through a buffer that may be used again as soon as the tensor is elsewhere: at once if
   * it is on another device, else when it is no longer used.
   */
  static NDArray matrix(
      NDManager scope, Staging staging, long[] words, int from, int stride, int rows, int cols) {
    ByteBuffer bytes = staging.of(Math.multiplyExact(8, Math.multiplyExact(rows, cols)));
    LongBuffer dense = bytes.asLongBuffer();
    if (stride == cols || rows == 1) {
      dense.put(words, from, rows * cols);
    } else {
      for (int r = 0; r < rows; r++) {
        dense.put(words, from + r * stride, cols);
      }
    }
    return scope.create(bytes, new Shape(rows, cols), DataType.INT64);
  }

  /** A buffer that grows; fresh memory costs more than what is copied there. */
  static final class Staging {
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    ByteBuffer of(int bytes) {
      if (buffer.capacity() < bytes) {
        buffer = ByteBuffer.allocateDirect(bytes);
      }
      return buffer.slice(0, bytes).order(ByteOrder.nativeOrder());
    }

    int capacity() {
      return buffer.capacity();
    }
  }

  /** A tensor of {@code shape} from native memory at byte {@code at}; on the CPU it lies there. */
  static NDArray words(NDManager scope, MemorySegment segment, long at, Shape shape) {
    ByteBuffer view =
        segment.asSlice(at, 8 * shape.size()).asByteBuffer().order(ByteOrder.nativeOrder());
    return scope.create(view, shape, DataType.INT64);
  }

  /** Adds [rows, cols] to rows of an array that lie {@code stride} apart. */
  static void add(NDArray product, long[] c, int from, int stride, int rows, int cols) {
    LongBuffer words = product.toByteBuffer(true).asLongBuffer(); // as long as its manager
    long[] row = new long[cols];
    for (int r = 0; r < rows; r++) {
      words.get(r * cols, row);
      for (int j = 0; j < cols; j++) {
        c[from + r * stride + j] += row[j];
      }
    }
  }
}
