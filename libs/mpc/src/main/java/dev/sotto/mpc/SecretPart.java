package dev.sotto.mpc;

import dev.sotto.ring.Prg;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What one role holds of a publisher's secret words X, as {@link SecretMatrix} has it: the stored
 * ones of an evaluator, X + P1 at evaluator-0 and m_X = X + P0 + P1 at evaluator-1, and the pads
 * whose seeds it knows, P0 at the dealer and evaluator-0, P1 at the dealer and evaluator-1. Refuses
 * parts that are not the role's, and to give away what it does not hold. Not thread-safe.
 */
final class SecretPart {
  private final String of;
  private final Role role;
  private final @Nullable MemorySegment stored;
  private final byte @Nullable [] seed0;
  private final byte @Nullable [] seed1;
  private final @Nullable Prg pad0;
  private final @Nullable Prg pad1;

  /**
   * One role's part.
   *
   * @param of whose part, for messages: "matrix x"
   * @param stored the evaluator's mapped words, little-endian; null at the dealer
   * @param seed0 w0, 16 bytes, at the dealer and evaluator-0
   * @param seed1 w1, 16 bytes, at the dealer and evaluator-1
   * @param bytes that are stored at an evaluator
   */
  SecretPart(
      String of,
      Role role,
      @Nullable MemorySegment stored,
      byte @Nullable [] seed0,
      byte @Nullable [] seed1,
      long bytes) {
    this(of, role, stored, seed0, seed1);
    if (role.evaluates() != (stored != null)
        || (role != Role.EVALUATOR_1) != (seed0 != null)
        || (role != Role.EVALUATOR_0) != (seed1 != null)) {
      throw new IllegalArgumentException(of + ": these parts do not belong to " + role);
    }
    if (stored != null && stored.byteSize() != bytes) {
      throw new IllegalArgumentException(of + " has the wrong length");
    }
  }

  private SecretPart(
      String of,
      Role role,
      @Nullable MemorySegment stored,
      byte @Nullable [] seed0,
      byte @Nullable [] seed1) {
    this.of = of;
    this.role = role;
    this.stored = stored;
    this.seed0 = seed0;
    this.seed1 = seed1;
    this.pad0 = seed0 == null ? null : new Prg(seed0);
    this.pad1 = seed1 == null ? null : new Prg(seed1);
  }

  /** The same for another thread. */
  SecretPart again() {
    return new SecretPart(of, role, stored, seed0, seed1);
  }

  Role role() {
    return role;
  }

  /** An evaluator's words. */
  MemorySegment stored() {
    return held(stored);
  }

  /** Of the dealer and evaluator-0. */
  Prg pad0() {
    return held(pad0);
  }

  /** Of the dealer and evaluator-1. */
  Prg pad1() {
    return held(pad1);
  }

  /** Puts a panel of the stored words into a tile of a panel's size. */
  void loadStored(int panel, byte[] tile) {
    long at = (long) tile.length * panel;
    MemorySegment.copy(stored(), ValueLayout.JAVA_BYTE, at, tile, 0, tile.length);
  }

  /** Puts a panel of P1, words of 32 bits, into a tile of its size. */
  void loadPad1(long id, int panel, byte[] tile) {
    pad1().bytes(id, panel, 0, tile, 0, tile.length);
  }

  /** Puts a panel of m_X at an evaluator, of P0 + P1 at the dealer, into a tile: 32-bit words. */
  void loadMask(long id, int panel, byte[] tile) {
    if (role == Role.DEALER) {
      loadPad1(id, panel, tile);
    } else {
      loadStored(panel, tile);
    }
    if (role != Role.EVALUATOR_1) { // whose stored words are m_X already
      pad0().addNarrow(id, panel, tile, tile.length / Integer.BYTES);
    }
  }

  private <T> T held(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException(role + " does not hold this part of " + of);
    }
    return part;
  }

  @Override
  public String toString() {
    return "SecretPart[" + of + ", " + role + "]";
  }
}
