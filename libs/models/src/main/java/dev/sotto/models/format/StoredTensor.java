package dev.sotto.models.format;

/**
 * Where a matrix lies in a mapped file.
 *
 * @param file the file
 * @param format its numbers
 * @param rows rows; 1 for a vector
 * @param columns columns, a multiple of the format's block
 * @param offset of its first byte in the file
 */
record StoredTensor(MappedFile file, NumberFormat format, int rows, int columns, long offset) {
  /** Bytes of one row. */
  long rowBytes() {
    return (long) columns / format.blockElements * format.blockBytes;
  }

  /** Bytes of all rows. */
  long bytes() {
    return rowBytes() * rows;
  }
}
