package dev.sotto.mpc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts what crosses the links, by part of the model. What it counts is public: shapes decide it,
 * never values.
 */
public final class Meter {
  /** Totals of one part; bytes as they are packed, without the links' own framing. */
  public static final class Count {
    private int rounds;
    private long opened;
    private long dealt;
    private long forwarded;
    private long nanos;

    /** Messages between the evaluators that waited for one another. */
    public int rounds() {
      return rounds;
    }

    /** Bytes that this evaluator sent to the other. */
    public long opened() {
      return opened;
    }

    /** Bytes that the dealer sent, or that evaluator-1 took. */
    public long dealt() {
      return dealt;
    }

    /** Bytes that evaluator-1 handed on to evaluator-0, beside what both open. */
    public long forwarded() {
      return forwarded;
    }

    /** Time spent, if the meter was given a clock. */
    public long nanos() {
      return nanos;
    }

    /** The same as a claim, to compare with one. */
    public Claim claim() {
      return new Claim(rounds, dealt, opened, forwarded);
    }
  }

  private final Map<String, Count> parts = new LinkedHashMap<>();
  private Count current = new Count();
  private LongSupplier clock = () -> 0;
  private long since;

  /**
   * Counts time from now on, as {@code nanos} tells it on the session's own thread: the time of day
   * or the thread's. Without a clock no time is counted, so that a session costs nothing to watch.
   */
  public void clock(LongSupplier nanos) {
    clock = nanos;
    since = nanos.getAsLong();
  }

  /** What follows is counted under {@code part}. */
  public void part(String part) {
    lap();
    current = parts.computeIfAbsent(part, p -> new Count());
  }

  /** What has passed goes to the part that ran. */
  void lap() {
    long now = clock.getAsLong();
    current.nanos += now - since;
    since = now;
  }

  void round(long bytes) {
    current.rounds++;
    current.opened += bytes;
  }

  void forwarded(long bytes) {
    current.forwarded += bytes;
  }

  void dealt(long bytes) {
    current.dealt += bytes;
  }

  /** Counts by part, in the order of first use. */
  public Map<String, Count> parts() {
    return parts;
  }

  /** All parts together. */
  public Count total() {
    Count t = new Count();
    for (Count c : parts.values()) {
      t.rounds += c.rounds;
      t.opened += c.opened;
      t.dealt += c.dealt;
      t.nanos += c.nanos;
      t.forwarded += c.forwarded;
    }
    return t;
  }
}
