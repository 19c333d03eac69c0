package dev.sotto.cli.bench;

import java.time.Duration;
import java.util.Locale;

/**
 * A network between all roles and the caller: each pair is joined by a link of its own. The delay
 * is that of one way, half a round trip; a round of the protocol, in which both evaluators speak at
 * once, takes it once.
 */
enum Net {
  /** One data centre. */
  LAN(Duration.ofNanos(200_000), 10e9),
  /** One city. */
  METRO(Duration.ofMillis(2), 1e9),
  /** Across a continent, over a modest line. */
  WAN(Duration.ofMillis(20), 200e6);

  private final Duration oneWay;
  private final double bitsPerSecond;

  Net(Duration oneWay, double bitsPerSecond) {
    this.oneWay = oneWay;
    this.bitsPerSecond = bitsPerSecond;
  }

  Duration oneWay() {
    return oneWay;
  }

  double bytesPerSecond() {
    return bitsPerSecond / 8;
  }

  /** What takes {@code compute} seconds without a network, over this one if nothing overlaps. */
  double seconds(double compute, double rounds, double bytes) {
    return compute + rounds * oneWay.toNanos() / 1e9 + bytes / bytesPerSecond();
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For a person. */
  String about() {
    double megabits = bitsPerSecond / 1e6;
    return String.format(
        Locale.ROOT,
        "%.1f ms one way (half a round trip), %s",
        oneWay.toNanos() / 1e6,
        megabits < 1000
            ? "%.0f Mbit/s".formatted(megabits)
            : "%.0f Gbit/s".formatted(megabits / 1e3));
  }
}
