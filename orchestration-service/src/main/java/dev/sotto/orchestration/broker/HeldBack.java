package dev.sotto.orchestration.broker;

import dev.sotto.orchestration.step.StepTrack;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Where steps were read that are kept back: their records do not count as read until they go. */
final class HeldBack {
  private final Map<StepTrack, At> held = new HashMap<>();

  private record At(TopicPartition partition, long offset) {}

  /** Looks at a job whose step was just read at that place. */
  void look(@Nullable StepTrack track, TopicPartition partition, long offset) {
    if (track != null && track.holds()) {
      held.putIfAbsent(track, new At(partition, offset));
    }
  }

  /** The first record of a partition that does not count as read; {@code position} if all do. */
  long least(TopicPartition partition, long position) {
    long least = position;
    Iterator<Map.Entry<StepTrack, At>> all = held.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<StepTrack, At> entry = all.next();
      if (!entry.getKey().holds()) {
        all.remove();
      } else if (entry.getValue().partition().equals(partition)) {
        least = Math.min(least, entry.getValue().offset());
      }
    }
    return least;
  }

  void clear() {
    held.clear();
  }
}
