package dev.sotto.gateway.keys;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, oldest first.
 *
 * @param items at most as many as were asked for
 * @param more whether there are some after them
 */
public record Page<T>(List<T> items, boolean more) {
  /** The most items of a page. */
  public static final int MOST = 100;

  /** Copies. */
  public Page {
    items = List.copyOf(items);
  }

  /**
   * Which part.
   *
   * @param after the last item of the part before, or null for the first part
   * @param limit 1 to {@value Page#MOST}
   */
  public record Request(@Nullable UUID after, int limit) {}

  /** The page of a query that asked for one more than its limit. */
  static <T> Page<T> of(List<T> found, int limit) {
    return found.size() > limit
        ? new Page<>(found.subList(0, limit), true)
        : new Page<>(found, false);
  }
}
