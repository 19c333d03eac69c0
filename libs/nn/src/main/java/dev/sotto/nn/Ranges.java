package dev.sotto.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How large a model's values were at every wire, over prompts that were run in the clear: what a
 * ring plan is chosen from. Maxima over many tokens, no single value of a prompt's; yet they come
 * from a model in the clear, so they are the publisher's to give away.
 *
 * <p>A place is a wire of one block, {@code block.3/q}, or of the whole model, {@code head/logits}.
 * Its wire is the place without the block. In the order of computation, with units where they are
 * not the model's own:
 *
 * <ul>
 *   <li>{@code embed}: rows of the embedding
 *   <li>{@code norm1/mean_square}, {@code norm2/mean_square}, {@code head/norm/mean_square}: of a
 *       norm's input, ε not included
 *   <li>{@code norm1/unit}, {@code norm2/unit}, {@code head/norm/unit}: normalised, before γ
 *   <li>{@code norm1/out}, {@code norm2/out}, {@code head/norm/out}: with γ
 *   <li>{@code q}, {@code q_rotated}: queries times log2(e), before and after RoPE
 *   <li>{@code k}, {@code k_rotated}, {@code v}
 *   <li>{@code scores}: after 1/√headDim, times log2(e), so that the weight is 2^score
 *   <li>{@code scores_above}, {@code scores_below}: how far above and below zero
 *   <li>{@code score_spread}: a row's largest score minus its smallest, in the same unit
 *   <li>{@code attention}: weighted values; {@code o}: their projection
 *   <li>{@code gate}, {@code up}, {@code silu}, {@code silu_up}: silu(gate)·up, {@code down}
 *   <li>{@code residual}: the residual stream after both additions of a block
 *   <li>{@code head/logits}
 * </ul>
 *
 * @param places every place in the order of computation; unmodifiable
 */
public record Ranges(SequencedMap<String, Range> places) {
  public Ranges {
    places = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(places));
  }

  /**
   * Magnitudes that were seen.
   *
   * @param least the smallest magnitude; tells something where values are never zero, as mean
   *     squares
   * @param most the largest magnitude
   */
  public record Range(double least, double most) {
    public Range {
      if (!(least >= 0 && most >= least && most < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "a range of magnitudes needs 0 ≤ least ≤ most < ∞, but this one is "
                + (least + " … " + most));
      }
    }

    /** The smallest range that holds both. */
    public Range with(Range other) {
      return new Range(Math.min(least, other.least), Math.max(most, other.most));
    }
  }

  /**
   * Runs every prompt (its completion may follow in the same row) from an empty cache and records
   * what it sees. {@link LayerwiseRanges} does the same for a model that is not loaded.
   *
   * @param prompts [batch][tokens], at least one
   * @throws IllegalArgumentException if there is no prompt, a prompt does not fit the model, or a
   *     value is not finite; names the place
   */
  public static Ranges record(ClearModel model, int[][] prompts) {
    if (prompts.length == 0) {
      throw new IllegalArgumentException("no prompt to calibrate with: give at least one");
    }
    SequencedMap<String, Range> seen = new LinkedHashMap<>();
    for (int[] prompt : prompts) {
      RangeProbe probe = new RangeProbe(model.loaded(), seen, false);
      ClearTensor h = model.embed(prompt);
      probe.embedded(h);
      Step step = new Step(0, 0, prompt.length);
      ClearModel.head(
          probe, new Decoder<ClearTensor>(0, model.config().layers()).blocks(probe, h, step));
    }
    return new Ranges(seen);
  }

  /** Every wire's range over all blocks, in the order of computation. */
  public SequencedMap<String, Range> wires() {
    SequencedMap<String, Range> wires = new LinkedHashMap<>();
    places.forEach((place, range) -> wires.merge(wireOf(place), range, Range::with));
    return wires;
  }

  /**
   * A wire's range over all blocks.
   *
   * @throws IllegalArgumentException if there is no such wire; names it
   */
  public Range wire(String name) {
    Range range = wires().get(name);
    if (range == null) {
      throw new IllegalArgumentException("the calibration has no wire " + name);
    }
    return range;
  }

  /** What both have seen. */
  public Ranges with(Ranges other) {
    SequencedMap<String, Range> both = new LinkedHashMap<>(places);
    other.places.forEach((place, range) -> both.merge(place, range, Range::with));
    return new Ranges(both);
  }

  private static String wireOf(String place) {
    return place.startsWith("block.") ? place.substring(place.indexOf('/') + 1) : place;
  }
}
