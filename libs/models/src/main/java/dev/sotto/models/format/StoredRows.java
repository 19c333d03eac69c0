package dev.sotto.models.format;

import dev.sotto.models.ModelException;

/** Reads rows of stored tensors as floats. For one thread at a time: it keeps one buffer. */
final class StoredRows {
  private byte[] row = new byte[0];

  /** Decodes row {@code row} of {@code tensor} into out[to … to + columns). */
  void read(String name, StoredTensor tensor, int row, float[] out, int to) {
    int bytes = Math.toIntExact(tensor.rowBytes());
    if (this.row.length < bytes) {
      this.row = new byte[bytes];
    }
    tensor.file().copy(tensor.offset() + row * tensor.rowBytes(), this.row, bytes);
    NumberFormat format = tensor.format();
    format.decodeRow(this.row, tensor.columns() / format.blockElements, out, to);
    for (int i = 0; i < tensor.columns(); i++) {
      if (!Float.isFinite(out[to + i])) {
        throw new ModelException(
            "%s: tensor %s has a number in row %d that is not finite; fetch the model again."
                .formatted(tensor.file().name(), name, row));
      }
    }
  }

  /**
   * Refuses a request beyond a tensor or its output; a caller's mistake, so it is no {@link
   * ModelException}.
   */
  static void checkRange(String name, StoredTensor tensor, int row, int count, float[] out) {
    if (row < 0 || count < 0 || row > tensor.rows() - count) {
      throw new IllegalArgumentException(
          "rows %d to %d of %s: it has %d".formatted(row, (long) row + count, name, tensor.rows()));
    }
    if ((long) count * tensor.columns() > out.length) {
      throw new IllegalArgumentException("rows of " + name + " do not fit the output");
    }
  }
}
