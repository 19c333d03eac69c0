package dev.sotto.client.platform;

import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.digest.DigestPoint;
import java.security.SecureRandom;

/**
 * The seed and the one-time pad of one digest. The pad is the same in every lane, so that padded
 * digests of lanes can be compared; its two shares are drawn anew for each lane. Not thread-safe.
 *
 * <p>Security: drawn when every lane's outputs are in. The seed serves these steps and no others,
 * the pad this digest and no other.
 */
final class DigestPads {
  private final SecureRandom random;
  private final Octets seed;
  private final byte[] pad;

  /** For a digest of {@code steps} answered steps. */
  DigestPads(int steps, SecureRandom random) {
    this.random = random;
    byte[] drawn = new byte[DigestRequest.SEED_BYTES];
    random.nextBytes(drawn);
    this.seed = Octets.wrap(drawn);
    this.pad = new byte[steps * DigestPoint.STEP_BYTES];
    random.nextBytes(pad);
  }

  Octets seed() {
    return seed;
  }

  /** Both evaluators' shares of the pad, for one lane. */
  Octets[] split() {
    byte[] first = new byte[pad.length];
    random.nextBytes(first);
    byte[] second = first.clone();
    for (int i = 0; i < pad.length; i++) {
      second[i] ^= pad[i];
    }
    return new Octets[] {Octets.wrap(first), Octets.wrap(second)};
  }

  /** Takes the pad from the logits' part of a digest of these steps, in place. */
  void removeFromLogits(byte[] padded) {
    int bytes = DigestPoint.LOGITS.bits() / 8;
    for (int i = 0; i < padded.length; i++) {
      int at = i / bytes * DigestPoint.STEP_BYTES + DigestPoint.LOGITS.firstBit() / 8 + i % bytes;
      padded[i] ^= pad[at];
    }
  }

  @Override
  public String toString() {
    return "DigestPads(secret)";
  }
}
