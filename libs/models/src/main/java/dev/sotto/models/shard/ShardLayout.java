package dev.sotto.models.shard;

import dev.sotto.models.shard.ShardHeader.Section;
import dev.sotto.models.shard.ShardHeader.StoredMatrix;
import java.util.ArrayList;
import java.util.List;

/** Where everything in a shard file is: a function of the header's length and the shapes alone. */
record ShardLayout(long secretAt, Section calibration, List<StoredMatrix> matrices, long bytes) {
  static final int PREAMBLE_BYTES = 64;
  static final int MAX_HEADER_BYTES = 1 << 20;
  static final int MAX_CALIBRATION_BYTES = 16 << 20;
  static final int SEED_BYTES = 16;
  static final int DIGEST_BYTES = 32;

  /** Pages of mapped memory; a matrix begins on one. */
  private static final int MATRIX_ALIGNMENT = 4096;

  private static final int ALIGNMENT = 64;

  /** Stands where a sum is not known yet: the same length, so that no position moves. */
  static final String NO_DIGEST = "0".repeat(2 * DIGEST_BYTES);

  static ShardLayout of(
      int headerBytes,
      ShardRole role,
      int calibrationBytes,
      String calibrationSha256,
      List<MatrixShape> shapes) {
    long secretAt = align(PREAMBLE_BYTES + (long) headerBytes, ALIGNMENT);
    long calibrationAt = align(secretAt + secretBytes(role), ALIGNMENT);
    long end = calibrationAt + calibrationBytes;
    List<StoredMatrix> matrices = new ArrayList<>();
    for (MatrixShape shape : shapes) {
      if (role.storesMatrices()) {
        long at = align(end, MATRIX_ALIGNMENT);
        matrices.add(new StoredMatrix(shape, new Section(at, shape.bytes(), NO_DIGEST)));
        end = Math.addExact(at, shape.bytes());
      } else {
        matrices.add(new StoredMatrix(shape, new Section(0, 0, NO_DIGEST)));
      }
    }
    return new ShardLayout(
        secretAt,
        new Section(calibrationAt, calibrationBytes, calibrationSha256),
        List.copyOf(matrices),
        end);
  }

  /** Bytes of the seeds and their checksum. */
  static int secretBytes(ShardRole role) {
    return role.seeds() * SEED_BYTES + DIGEST_BYTES;
  }

  /**
   * The header of a file to be written, sums of matrices left open. Positions depend on the
   * header's length and its length on how many digits they have, so it is laid out again until it
   * stays: lengths only grow.
   */
  static ShardHeader plan(ShardHeader facts, int calibrationBytes) {
    int headerBytes = 0;
    while (true) {
      ShardLayout layout =
          of(
              headerBytes,
              facts.role(),
              calibrationBytes,
              facts.calibration().sha256(),
              facts.shapes());
      ShardHeader header =
          new ShardHeader(
              facts.modelDigest(),
              facts.config(),
              facts.role(),
              facts.lane(),
              facts.setId(),
              facts.stage(),
              facts.precision(),
              facts.weightWholeBits(),
              layout.calibration(),
              layout.matrices(),
              layout.bytes());
      int length = HeaderCodec.encode(header).length;
      if (length == headerBytes) {
        return header;
      }
      headerBytes = length;
    }
  }

  private static long align(long at, int to) {
    return Math.ceilDiv(at, to) * to;
  }
}
