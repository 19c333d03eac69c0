package dev.sotto.contracts;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Bytes that do not change and do not show: equality takes the same time wherever two differ, and
 * {@link #toString} tells the length only.
 */
public final class Octets {
  private final byte[] bytes;

  private Octets(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of {@code bytes}. */
  public static Octets copyOf(byte[] bytes) {
    return new Octets(bytes.clone());
  }

  /** {@code bytes} itself, without a copy: the caller gives it up and changes it no more. */
  public static Octets wrap(byte[] bytes) {
    return new Octets(bytes);
  }

  /** How many bytes. */
  public int length() {
    return bytes.length;
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return bytes.clone();
  }

  /** The bytes in place, read-only, big-endian. */
  public ByteBuffer asBuffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  void putTo(ByteBuffer out) {
    out.put(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Octets octets && MessageDigest.isEqual(bytes, octets.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "[" + bytes.length + " bytes]";
  }
}
