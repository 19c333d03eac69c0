package dev.sotto.orchestration.dispatch;

import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.lane.LaneView;
import dev.sotto.orchestration.step.Seat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The lanes of placed jobs, as the board knows them now. */
record JobLanes(LaneBoard board) {
  /** Those that are still known. */
  List<LaneView> of(Job job) {
    return job.lanes().stream()
        .flatMap(digest -> Optional.ofNullable(board.lane(digest)).stream())
        .toList();
  }

  /** The seats of all lanes, in order. */
  static List<Seat> seats(List<LaneView> lanes) {
    SequencedMap<String, Manifest> manifests = new LinkedHashMap<>();
    lanes.forEach(lane -> manifests.put(lane.digest(), lane.manifest()));
    return Seat.of(manifests);
  }

  /** Why a placed job cannot go on, or null if it can. */
  @Nullable String broken(Job job) {
    int from = 0;
    for (String digest : job.lanes()) {
      LaneView lane = board.lane(digest);
      int seats = lane == null ? 0 : 3 * lane.manifest().stages().size();
      int to = Math.min(job.starts().size(), from + seats);
      String broken = board.broken(digest, job.starts().subList(from, to));
      if (broken != null) {
        return broken;
      }
      from = to;
    }
    return null;
  }
}
