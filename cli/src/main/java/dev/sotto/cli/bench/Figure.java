package dev.sotto.cli.bench;

import org.jspecify.annotations.Nullable;

/**
 * One measured number.
 *
 * @param name stable, one of {@link Entry#name}
 * @param value in {@code unit}; the median where there were several runs
 * @param unit s, B, B/s, 1/s, 1 (a ratio), logits or nats
 * @param spread (largest − smallest) ÷ median over the runs; 0 for a single one
 * @param limit what it is held against, in the same unit; null if against nothing
 * @param met whether it is within the limit; null without one, or where the limit is only told
 */
public record Figure(
    String name,
    double value,
    String unit,
    double spread,
    @Nullable Double limit,
    @Nullable Boolean met) {

  /** A figure that is held against nothing. */
  static Figure of(String name, Runs runs, String unit) {
    return new Figure(name, runs.median(), unit, runs.spread(), null, null);
  }

  /** A single count. */
  static Figure of(String name, double value, String unit) {
    return new Figure(name, value, unit, 0, null, null);
  }

  /** A single count of whole things. */
  static Figure count(String name, long value, String unit) {
    return of(name, (double) value, unit);
  }

  /** The same, met up to {@code most}. */
  Figure atMost(double most) {
    return new Figure(name, value, unit, spread, most, value <= most);
  }

  /** The same, met from {@code least}. */
  Figure atLeast(double least) {
    return new Figure(name, value, unit, spread, least, value >= least);
  }

  /** The same beside a limit of the machine, of which it is to reach {@code part}. */
  Figure of(double machine, double part) {
    return new Figure(name, value, unit, spread, machine, value >= part * machine);
  }

  /** value ÷ limit; null without a limit, or with one of zero. */
  public @Nullable Double ratio() {
    return limit == null || limit == 0 ? null : value / limit;
  }
}
