package dev.sotto.mpc.function;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Which ring and fraction each wire of a model has, and so how large its values may be. Rings are
 * fixed; what a model's shape moves is the norm's input, the scores and the values' fraction.
 * Beyond its limit a value wraps and the answer is nonsense, so a model is accepted only with a
 * margin over what a calibration has seen.
 *
 * <pre>
 *   embed 2^32 f14, of which 2^19 are read (all, if up is not narrow), extended to the residual | residual 2^49 f30 | its copy f15, extended to 2^64 | n 2^40 f14, before a narrow product 2^32 f10 | q, k 2^23 f13, v f11 or f12 | rotated 2^(33+s) f12 | v 2^45
 *   scores + an offset 2^17 f8 | weights up to 2^45 f20 | sums f18 | a 2^42 f14 | o 2^28 f16 | gate 2^22 f13 | up 2^23 f13, of a narrow product 2^21
 *   silu 2^22 f13 | silu·up 2^49 f14 | final n·γ 2^24 f14 | logits 2^21 f12
 * </pre>
 *
 * @param norm every norm of the model
 * @param heads attention
 * @param context longest sequence
 */
public record RingPlan(RmsNorm.Shape norm, HeadShape heads, int context) {
  /** Longest sequence that nodes serve, prompt and answer: values keep their margin up to it. */
  public static final int SERVED_CONTEXT = 2048;

  /** Margin of every limit over what was seen, in amplitude. */
  public static final double MARGIN = 3;

  /** Margin of the norm's input in amplitude: massive activations grow most. */
  public static final double NORM_MARGIN = 4;

  /** The plan of a shape. */
  public static RingPlan of(
      int hidden, double epsilon, int heads, int kvHeads, int headDim, int context) {
    return new RingPlan(
        RmsNorm.Shape.of(hidden, epsilon),
        new HeadShape(heads, kvHeads, headDim, context),
        context);
  }

  /**
   * The largest magnitude that each wire holds, by the names of a calibration's wires.
   *
   * @param narrow whether gate, up and the logits are products in a ring of 32 bits
   */
  public SequencedMap<String, Double> limits(boolean narrow) {
    SequencedMap<String, Double> limits = new LinkedHashMap<>();
    limits.put("embed", TokenLookUp.most(embeddingWholeBits(narrow)));
    limits.put("residual", Math.scalb(1.0, 17)); // what a norm extends its copy from
    for (String norm : new String[] {"norm1", "norm2", "head/norm"}) {
      limits.put(norm + "/mean_square", norm().highest());
    }
    limits.put("q", 256.0);
    limits.put("k", 256.0);
    limits.put("v", heads.mostValue());
    limits.put("scores_above", (252.0 - HeadShape.SCORE_OFFSET) * HeadShape.SCORE_UNIT);
    limits.put("scores_below", (252.0 + HeadShape.SCORE_OFFSET) * HeadShape.SCORE_UNIT);
    limits.put("o", 1024.0);
    limits.put("gate", 252.0);
    limits.put("up", narrow ? 64.0 : 256.0);
    limits.put("silu_up", Math.scalb(1.0, 34));
    limits.put("down", Math.scalb(1.0, 18));
    limits.put("head/norm/out", 256.0);
    limits.put("head/logits", 256.0);
    return Collections.unmodifiableSequencedMap(limits);
  }

  /**
   * Whole bits of what the embedding holds: that is known to the last value, and needs no margin.
   *
   * @param narrow whether gate, up and the logits are products in a ring of 32 bits
   */
  public static int embeddingWholeBits(boolean narrow) {
    return narrow ? 3 : TokenLookUp.MOST_WHOLE_BITS;
  }

  /**
   * The margin that a wire needs over what was seen; a mean square's is the square of an
   * amplitude's.
   */
  public static double margin(String wire) {
    return wire.endsWith("mean_square") ? NORM_MARGIN * NORM_MARGIN : MARGIN;
  }
}
