package dev.sotto.models.shard;

import dev.sotto.nn.ModelConfig;
import java.util.List;

/**
 * What a shard says about itself; all of it is public among the roles of a lane.
 *
 * @param modelDigest sha256 of the model's files, hex
 * @param config the model's shape
 * @param role whose shard it is
 * @param lane the lane it was cut for
 * @param setId random, hex: shards of one cut, and only those, share it
 * @param stage which layers
 * @param precision which products run in which ring
 * @param weightWholeBits weights are below 2^this in magnitude, folded factors included
 * @param calibration where the calibration is
 * @param matrices all matrices of the stage in order of their ids; the dealer stores none of them
 * @param fileBytes length of the file
 */
public record ShardHeader(
    String modelDigest,
    ModelConfig config,
    ShardRole role,
    String lane,
    String setId,
    Stage stage,
    PrecisionProfile precision,
    int weightWholeBits,
    Section calibration,
    List<StoredMatrix> matrices,
    long fileBytes) {
  /** Fraction bits of weights in words of 64 bits; see {@link MatrixForm#fractionBits}. */
  public static final int WEIGHT_FRACTION_BITS = 16;

  /** A range of the file in bytes and its sha256, hex. */
  public record Section(long offset, long length, String sha256) {}

  /** A matrix and where its words are; an empty section in a dealer's shard. */
  public record StoredMatrix(MatrixShape shape, Section section) {}

  public ShardHeader {
    matrices = List.copyOf(matrices);
  }

  /** The shapes of all matrices of the stage, in order of their ids. */
  public List<MatrixShape> shapes() {
    return matrices.stream().map(StoredMatrix::shape).toList();
  }

  /** The file's name: role and stage, e.g. {@code evaluator-0.stage-0-of-1.shard}. */
  public String fileName() {
    return fileName(role, stage.index(), stage.count());
  }

  /** The name of the file of a role and stage. */
  public static String fileName(ShardRole role, int stage, int stages) {
    return "%s.stage-%d-of-%d.shard".formatted(role, stage, stages);
  }

  ShardHeader withMatrices(List<StoredMatrix> filled) {
    return new ShardHeader(
        modelDigest,
        config,
        role,
        lane,
        setId,
        stage,
        precision,
        weightWholeBits,
        calibration,
        filled,
        fileBytes);
  }
}
