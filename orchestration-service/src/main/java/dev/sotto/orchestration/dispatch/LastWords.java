package dev.sotto.orchestration.dispatch;

import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.step.Seat;
import dev.sotto.orchestration.step.StepDesk;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Nodes keep a job's place until they hear of its end: who could not be told is told again. */
final class LastWords {
  /** By then a record to a node is there, or given up. */
  private static final Duration THERE = Duration.ofSeconds(35);

  private final JobMoves moves;
  private final JobLanes lanes;
  private final StepDesk.NodePost post;
  private final InstantSource wall;
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private long tellAt = Long.MIN_VALUE;

  LastWords(JobMoves moves, JobLanes lanes, StepDesk.NodePost post, InstantSource wall) {
    this.moves = moves;
    this.lanes = lanes;
    this.post = post;
    this.wall = wall;
  }

  /** Its nodes have heard. */
  void heard(Job over) {
    told.add(over.id());
  }

  /** Tells a job's nodes that no further step of it comes. */
  void tell(Job over) {
    List<String> nodes =
        JobLanes.seats(lanes.of(over)).stream().map(Seat::identity).distinct().toList();
    post.close(over.jobId(), nodes, () -> heard(over));
  }

  /** Writes down who has heard, and tells the others now and then. */
  void again() {
    List<String> heard = List.copyOf(told);
    if (!heard.isEmpty()) {
      moves.told(heard);
      heard.forEach(told::remove);
    }
    long due = wall.millis() - THERE.toMillis();
    if (due >= tellAt) {
      tellAt = wall.millis();
      moves.untold().stream().filter(over -> over.since() < due).forEach(this::tell);
    }
  }
}
