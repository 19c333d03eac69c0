package dev.sotto.orchestration.placement;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.orchestration.lane.LaneView;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Chooses a job's lanes. A compared job gets two lanes without a common operator and without a
 * common node: two lanes of one operator could agree on a lie.
 */
public final class Placer {
  private Placer() {}

  /** What can be done for a job. */
  public sealed interface Choice {
    /** It goes there. */
    record Place(List<LaneView> lanes) implements Choice {
      /** Copies. */
      public Place {
        lanes = List.copyOf(lanes);
      }
    }

    /** There are lanes for it, and all are busy. */
    record Busy() implements Choice {}

    /** There are lanes for its model, and none takes so many tokens. */
    record TooLong(int context) implements Choice {}

    /** There are no lanes for it. */
    record NoLane() implements Choice {}
  }

  /**
   * Chooses.
   *
   * @param lanes those that take jobs of its model
   * @param free how many more jobs a lane takes
   */
  public static Choice choose(
      JobRequested job, List<LaneView> lanes, ToIntFunction<LaneView> free) {
    long tokens = (long) job.promptTokens() + job.maxTokens();
    List<LaneView> fit =
        lanes.stream()
            .filter(lane -> lane.context() >= tokens)
            .sorted(
                Comparator.comparingInt(free)
                    .reversed()
                    .thenComparingLong(lane -> spread(job, lane)))
            .toList();
    if (fit.isEmpty() && !lanes.isEmpty()) {
      return new Choice.TooLong(lanes.stream().mapToInt(LaneView::context).max().orElse(0));
    }
    List<LaneView> best =
        switch (job.protection()) {
          case PASSIVE -> fit.isEmpty() ? List.of() : List.of(fit.getFirst());
          case COMPARED -> pair(fit, free);
        };
    if (best.isEmpty()) {
      return new Choice.NoLane();
    }
    boolean room = best.stream().allMatch(lane -> free.applyAsInt(lane) > 0);
    return room ? new Choice.Place(best) : new Choice.Busy();
  }

  /**
   * Where lanes have as much room, each job has an order of its own: no lane is always the first,
   * and audits come to all of them. Mixed as by Steele, Lea and Flood's SplitMix.
   */
  private static long spread(JobRequested job, LaneView lane) {
    long mixed = 31L * job.jobId().hashCode() + lane.digest().hashCode();
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /** The two separate lanes whose busier one has most room; lanes come with most room first. */
  private static List<LaneView> pair(List<LaneView> lanes, ToIntFunction<LaneView> free) {
    List<LaneView> best = List.of();
    for (int second = 1; second < lanes.size(); second++) {
      for (int first = 0; first < second; first++) {
        if (separate(lanes.get(first), lanes.get(second))) {
          int room = free.applyAsInt(lanes.get(second));
          if (best.isEmpty() || room > free.applyAsInt(best.getLast())) {
            best = List.of(lanes.get(first), lanes.get(second));
          }
        }
      }
    }
    return best;
  }

  /** Whether two lanes have no operator, no node and no name in common. */
  public static boolean separate(LaneView a, LaneView b) {
    return !a.manifest().laneId().equals(b.manifest().laneId())
        && Collections.disjoint(a.manifest().operators(), b.manifest().operators())
        && Collections.disjoint(identities(a), identities(b));
  }

  private static Set<String> identities(LaneView lane) {
    Set<String> all = new HashSet<>();
    for (ManifestStage stage : lane.manifest().stages()) {
      for (Role role : Role.values()) {
        all.add(stage.node(role).identity());
      }
    }
    return all;
  }
}
