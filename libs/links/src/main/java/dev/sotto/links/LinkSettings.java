package dev.sotto.links;

import java.time.Duration;

/**
 * The bounds of a link. Both sides should agree on {@code kinds} and {@code maxFrameBytes}.
 *
 * @param kinds how many kinds of frames there are: 0 … kinds − 1; 1 … 256
 * @param maxFrameBytes the longest payload of a frame; 1 … 1 GiB
 * @param queueBytes how much may wait to be sent before {@code send} waits; at least twice
 *     maxFrameBytes. Two peers that both send this much before they read do not block each other
 * @param handshakeTimeout for connecting, and again for the whole handshake
 * @param frameTimeout for the rest of a frame that has begun
 * @param writeTimeout for the peer to take anything of what waits
 */
public record LinkSettings(
    int kinds,
    int maxFrameBytes,
    int queueBytes,
    Duration handshakeTimeout,
    Duration frameTimeout,
    Duration writeTimeout) {

  /** Frames of at most 4 MiB, 32 MiB of them waiting, and half a minute for everything. */
  public static LinkSettings ofKinds(int kinds) {
    Duration patience = Duration.ofSeconds(30);
    return new LinkSettings(kinds, 4 << 20, 32 << 20, Duration.ofSeconds(10), patience, patience);
  }

  /** IllegalArgumentException, naming the field, when a bound makes no sense. */
  public LinkSettings {
    if (kinds < 1 || kinds > 256) {
      throw new IllegalArgumentException("kinds must be 1 to 256, not " + kinds);
    }
    if (maxFrameBytes < 1 || maxFrameBytes > 1 << 30) {
      throw new IllegalArgumentException("maxFrameBytes must be 1 to 2^30, not " + maxFrameBytes);
    }
    if (queueBytes < 2L * maxFrameBytes) {
      throw new IllegalArgumentException("queueBytes must be at least twice maxFrameBytes");
    }
    positive("handshakeTimeout", handshakeTimeout);
    positive("frameTimeout", frameTimeout);
    positive("writeTimeout", writeTimeout);
  }

  /** These settings with other time-outs. */
  public LinkSettings withTimeouts(Duration handshake, Duration frame, Duration write) {
    return new LinkSettings(kinds, maxFrameBytes, queueBytes, handshake, frame, write);
  }

  private static void positive(String name, Duration duration) {
    if (duration.toMillis() < 1 || duration.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(name + " must be from a millisecond to a day");
    }
  }
}
