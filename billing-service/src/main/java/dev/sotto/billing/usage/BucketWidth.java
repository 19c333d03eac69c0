package dev.sotto.billing.usage;

import java.util.Optional;

/** How long a bucket of a report is, and how many are given at once. */
enum BucketWidth {
  MINUTE("1m", 60, 60, 1440),
  HOUR("1h", 3600, 24, 168),
  DAY("1d", 86_400, 7, 31);

  final String label;
  final long seconds;
  final int usualLimit;
  final int mostLimit;

  BucketWidth(String label, long seconds, int usualLimit, int mostLimit) {
    this.label = label;
    this.seconds = seconds;
    this.usualLimit = usualLimit;
    this.mostLimit = mostLimit;
  }

  static Optional<BucketWidth> of(String label) {
    for (BucketWidth width : values()) {
      if (width.label.equals(label)) {
        return Optional.of(width);
      }
    }
    return Optional.empty();
  }
}
