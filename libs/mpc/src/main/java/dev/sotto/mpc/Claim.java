package dev.sotto.mpc;

import dev.sotto.ring.BitPacker;

/**
 * What a protocol costs and reveals, from shapes alone. Nothing is ever revealed: what crosses a
 * link is masked.
 *
 * @param rounds messages between the evaluators that wait for one another
 * @param dealt bytes from the dealer to evaluator-1, ahead of time
 * @param opened bytes from each evaluator to the other
 * @param forwarded bytes that evaluator-1 alone sends, handing on what came from the dealer: ahead
 *     of the next round's message or in it, no round of their own
 */
public record Claim(int rounds, long dealt, long opened, long forwarded) {
  /** Nothing is handed on. */
  public Claim(int rounds, long dealt, long opened) {
    this(rounds, dealt, opened, 0);
  }

  /** A protocol that only computes. */
  public static final Claim LOCAL = new Claim(0, 0, 0);

  /** {@code count} words of {@code bits} bits from the dealer. */
  public static Claim dealing(int count, int bits) {
    return new Claim(0, BitPacker.bytes(count, bits), 0);
  }

  /** {@code count} words of {@code bits} bits opened in one round. */
  public static Claim opening(int count, int bits) {
    return new Claim(1, 0, BitPacker.bytes(count, bits));
  }

  /** One after the other. */
  public Claim then(Claim next) {
    return new Claim(
        rounds + next.rounds, dealt + next.dealt, opened + next.opened, forwarded + next.forwarded);
  }

  /** Side by side: openings of the same round share a message. */
  public Claim with(Claim beside) {
    return new Claim(
        Math.max(rounds, beside.rounds),
        dealt + beside.dealt,
        opened + beside.opened,
        forwarded + beside.forwarded);
  }
}
