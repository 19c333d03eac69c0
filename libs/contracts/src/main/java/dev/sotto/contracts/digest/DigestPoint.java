package dev.sotto.contracts.digest;

/**
 * What is digested of an answered step, in the order of a digest's bits.
 *
 * <p>A bit of two honest lanes differs with a probability of at most {@link #honestPart}: rows are
 * scaled so, from what honest lanes were measured to differ by, with a margin
 * (docs/verification.md).
 */
public enum DigestPoint {
  /** The state after the final norm: compared between lanes only, never opened to anybody. */
  FINAL_STATE(128, 0.10),
  /** The mean-centred logits, which the enclave has and whose digest it can compute itself. */
  LOGITS(1024, 0.22);

  /** Bits of one step's digest. */
  public static final int STEP_BITS = 128 + 1024;

  /** Bytes of one step's digest. */
  public static final int STEP_BYTES = STEP_BITS / 8;

  /**
   * Most bits in which a step's digest of logits may differ from the one that is computed of the
   * opened logits: a truncation turns a bit in 2^13, so nine of 1,024 with a probability of 2^−45.
   */
  public static final int MOST_TURNED = 8;

  private final int bits;
  private final double honestPart;

  DigestPoint(int bits, double honestPart) {
    this.bits = bits;
    this.honestPart = honestPart;
  }

  /** Bits of its digest. */
  public int bits() {
    return bits;
  }

  /** Where its bits begin in a step's digest. */
  public int firstBit() {
    return this == FINAL_STATE ? 0 : FINAL_STATE.bits;
  }

  /** The part of bits in which honest lanes differ at most, in the mean. */
  public double honestPart() {
    return honestPart;
  }

  /** Bits of a step's digest in which two differ at this point; both of {@link #STEP_BYTES}. */
  public int distance(byte[] one, byte[] other) {
    int differ = 0;
    for (int i = firstBit() / 8; i < (firstBit() + bits) / 8; i++) {
      differ += Integer.bitCount((one[i] ^ other[i]) & 0xff);
    }
    return differ;
  }
}
