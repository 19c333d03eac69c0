package dev.sotto.mpc;

/**
 * XOR-masked words: both evaluators know masked = b ⊕ ρ; the dealer knows ρ. What a role does not
 * know is empty (an evaluator's own part of ρ is not needed again).
 *
 * @param masked b ⊕ ρ at the evaluators
 * @param mask ρ at the dealer
 */
public record MaskedBits(long[] masked, long[] mask) {
  @Override
  public String toString() {
    return "MaskedBits[" + Math.max(masked.length, mask.length) + "]";
  }
}
