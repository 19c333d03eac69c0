package dev.sotto.ring;

import static dev.sotto.ring.Kernels.PANEL;
import static dev.sotto.ring.Pytorch.matrix;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;

/** Where an operand's words lie here, and how a part of it becomes an int64 tensor there. */
interface Source {
  /** [rows, cols] from row {@code fromRow} and column {@code fromCol}. */
  NDArray load(
      NDManager scope, Pytorch.Staging staging, int fromRow, int rows, int fromCol, int cols);

  /** Whether it goes through the buffer; else the device reads it where it is. */
  default boolean array() {
    return true;
  }

  /** Rows of an array, {@code stride} apart. */
  static Source rows(long[] words, int from, int stride) {
    return (scope, staging, r, rows, c, cols) ->
        matrix(scope, staging, words, from + r * stride + c, stride, rows, cols);
  }

  /** The transpose of rows. */
  static Source transposed(long[] words, int from, int stride) {
    return (scope, staging, r, rows, c, cols) ->
        matrix(scope, staging, words, from + c * stride + r, stride, cols, rows).transpose();
  }

  /** Panels of {@code inner} rows; columns are asked for by whole panels. */
  static Mapped panels(MemorySegment panels, long at, int inner) {
    return new Mapped() {
      @Override
      public NDArray load(NDManager scope, int r, int rows, int c, int cols) {
        int count = cols / PANEL;
        long bytes = 8L * PANEL * inner;
        long first = at + c / PANEL * bytes;
        NDArray words;
        if (rows == inner) {
          words = Pytorch.words(scope, panels, first, new Shape(count, inner, PANEL));
        } else {
          NDList parts = new NDList();
          for (int p = 0; p < count; p++) {
            long part = first + p * bytes + 8L * PANEL * r;
            parts.add(Pytorch.words(scope, panels, part, new Shape(rows, PANEL)));
          }
          words = NDArrays.stack(parts);
        }
        return words.transpose(1, 0, 2).reshape(rows, cols);
      }
    };
  }

  /** Words in native memory. */
  interface Mapped extends Source {
    /** As {@link Source#load}; no buffer is needed. */
    NDArray load(NDManager scope, int fromRow, int rows, int fromCol, int cols);

    @Override
    default NDArray load(
        NDManager scope, Pytorch.Staging staging, int fromRow, int rows, int fromCol, int cols) {
      return load(scope, fromRow, rows, fromCol, cols);
    }

    @Override
    default boolean array() {
      return false;
    }
  }
}
