package dev.sotto.client;

import java.util.List;

/**
 * Ends an answer before the first stop string, which may be spread over tokens: text that could be
 * the beginning of one is held back. The stop string that ends first wins, of those that end
 * together the longest, so the result does not depend on how the text was cut into pieces. Not
 * thread-safe.
 */
public final class StopStrings {
  /** Most stop strings. */
  public static final int MAX_STRINGS = 16;

  /** Most chars of a stop string. */
  public static final int MAX_CHARS = 512;

  private final List<String> stops;
  private String held = "";
  private boolean stopped;

  /**
   * Watches for these strings; none is fine.
   *
   * @throws InvalidParameter if there are too many, or one is empty, too long or not well-formed
   */
  public StopStrings(List<String> stops) {
    if (stops.size() > MAX_STRINGS) {
      throw new InvalidParameter(
          "stop", "must be at most %d strings, was %d".formatted(MAX_STRINGS, stops.size()));
    }
    for (String stop : stops) {
      if (stop.isEmpty() || stop.length() > MAX_CHARS) {
        throw new InvalidParameter(
            "stop", "must have 1 to %d characters, had %d".formatted(MAX_CHARS, stop.length()));
      }
      if (stop.codePoints()
          .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
        throw new InvalidParameter("stop", "must be well-formed Unicode, had half a character");
      }
    }
    this.stops = List.copyOf(stops);
  }

  /** The text that may be shown now; empty once {@link #stopped}. */
  public String accept(String text) {
    if (stopped) {
      return "";
    }
    String all = held + text;
    // A match must end in the new text: any other would have been found before.
    for (int end = held.length() + 1; end <= all.length(); end++) {
      int start = earliestEndingAt(all, end);
      if (start >= 0) {
        stopped = true;
        held = "";
        return all.substring(0, start);
      }
    }
    int keep = all.length();
    for (int start = Math.max(0, all.length() - MAX_CHARS); start < keep; start++) {
      if (beginsAStop(all, start)) {
        keep = start;
      }
    }
    held = all.substring(keep);
    return all.substring(0, keep);
  }

  /** The text that was held back and turned out to be no stop string. */
  public String finish() {
    String tail = held;
    held = "";
    return tail;
  }

  /** Whether a stop string came. */
  public boolean stopped() {
    return stopped;
  }

  private int earliestEndingAt(String all, int end) {
    int earliest = -1;
    for (String stop : stops) {
      int start = end - stop.length();
      if (start >= 0 && all.startsWith(stop, start) && (earliest < 0 || start < earliest)) {
        earliest = start;
      }
    }
    return earliest;
  }

  private boolean beginsAStop(String all, int start) {
    int length = all.length() - start;
    for (String stop : stops) {
      if (length < stop.length() && stop.regionMatches(0, all, start, length)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "StopStrings(" + stops.size() + ")";
  }
}
