package dev.sotto.orchestration.lane;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lanes that failed a job as if one of their nodes were gone. A node is believed to be there for as
 * long as it may be silent; until then a dead one would draw job after job to its lane. A doubt is
 * over when every node has been heard of after it.
 *
 * <p>A caller can make a lane's nodes complain of each other. So a doubt that proved baseless, for
 * the same processes came back, is not raised again for a while: at most one round of announcements
 * in {@link #REST} is lost to it.
 */
final class Doubts {
  /** For how long a lane that was doubted without a reason is not doubted again. */
  static final Duration REST = Duration.ofSeconds(30);

  private final Map<String, Doubt> byLane = new HashMap<>();

  private record Doubt(long since, List<Long> starts) {}

  /** When whoever has said nothing for longest was heard of last; null if one of them never was. */
  private static @Nullable Long least(List<@Nullable Long> heardAt) {
    Long least = null;
    for (Long at : heardAt) {
      if (at == null) {
        return null;
      }
      least = least == null || at - least < 0 ? at : least;
    }
    return least;
  }

  /**
   * A lane failed a job.
   *
   * @param now a clock that only grows, in nanoseconds
   * @param starts when its nodes' processes began
   * @param heardAt when its nodes were heard of last, null for never
   */
  void raise(String lane, long now, List<Long> starts, List<@Nullable Long> heardAt) {
    Long silentSince = least(heardAt);
    if (silentSince == null) {
      return; // it takes no jobs anyway
    }
    Doubt last = byLane.get(lane);
    if (last != null) {
      boolean over = silentSince - last.since > 0;
      boolean baseless = over && last.starts.equals(starts);
      if (!over || (baseless && now - last.since < REST.toNanos())) {
        return;
      }
    }
    byLane.put(lane, new Doubt(now, List.copyOf(starts)));
  }

  /** Whether a lane is in doubt; arguments as {@link #raise}. */
  boolean holds(String lane, List<@Nullable Long> heardAt) {
    Long silentSince = least(heardAt);
    Doubt last = byLane.get(lane);
    return last != null && silentSince != null && silentSince - last.since <= 0;
  }
}
