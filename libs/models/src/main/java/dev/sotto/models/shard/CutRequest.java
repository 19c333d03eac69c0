package dev.sotto.models.shard;

import java.nio.file.Path;

/**
 * What to cut a model into. Errors name the field.
 *
 * @param folder where the shards go; made if missing. Shards of an earlier cut into as many stages
 *     are replaced
 * @param lane the lane's name
 * @param stages into how many stages, 1 to the model's layers
 * @param precision which products run in which ring
 * @param weightWholeBits the ring plan's bound on weights: below 2^this in magnitude, 1 to 31
 */
public record CutRequest(
    Path folder, String lane, int stages, PrecisionProfile precision, int weightWholeBits) {
  /** Weights below 2^15: the largest of the model that we measured is 9.3. */
  public static final int DEFAULT_WEIGHT_WHOLE_BITS = 15;

  /** Checks the fields. */
  public CutRequest {
    HeaderCodec.lane(lane);
    HeaderCodec.checkWholeBits(weightWholeBits);
  }

  /** With the usual bound on weights. */
  public CutRequest(Path folder, String lane, int stages, PrecisionProfile precision) {
    this(folder, lane, stages, precision, DEFAULT_WEIGHT_WHOLE_BITS);
  }
}
