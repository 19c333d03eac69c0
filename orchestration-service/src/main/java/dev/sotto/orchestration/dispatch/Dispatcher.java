package dev.sotto.orchestration.dispatch;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.Topic;
import dev.sotto.orchestration.job.Ending;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.JobState;
import dev.sotto.orchestration.job.Progress;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.lane.LaneView;
import dev.sotto.orchestration.step.Judged;
import dev.sotto.orchestration.step.StepDesk;
import dev.sotto.orchestration.step.StepTrack;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of every live job. One thread runs {@link #round} over and over; others only
 * leave notes of what to look at. Nothing depends on a note: a round looks at everything that is
 * true now (deadlines, lanes, wishes), so whatever fails is tried again by the next, and a process
 * that is killed is where it was after {@link #load}.
 */
public final class Dispatcher implements StepDesk.Heard {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private final JobMoves moves;
  private final LaneBoard board;
  private final JobLanes lanes;
  private final Limits limits;
  private final InstantSource wall;
  private final LaneBoard.Ticks ticks;
  private final Figures figures;
  private final StepDesk desk;
  private final Map<String, LiveJob> live = new LinkedHashMap<>();
  private final Queues queues;
  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private final LastWords lastWords;
  private final Map<JobId, Stop> toStop = new ConcurrentHashMap<>();
  private final Map<JobId, String> suspects = new ConcurrentHashMap<>(); // lanes, by name
  private final Set<JobId> ahead = ConcurrentHashMap.newKeySet();
  private volatile Runnable wake = () -> {};
  private long forgetAt = Long.MIN_VALUE;

  /** Knows no job before {@link #load}. */
  public Dispatcher(
      JobMoves moves,
      LaneBoard board,
      Limits limits,
      InstantSource wall,
      LaneBoard.Ticks ticks,
      Figures figures,
      StepDesk.NodePost post) {
    this.moves = moves;
    this.board = board;
    this.lanes = new JobLanes(board);
    this.limits = limits;
    this.wall = wall;
    this.ticks = ticks;
    this.figures = figures;
    this.desk = new StepDesk(post, this);
    this.queues = new Queues(board, limits);
    this.lastWords = new LastWords(moves, lanes, post, wall);
  }

  /** Where steps and results go. */
  public StepDesk desk() {
    return desk;
  }

  /** What makes a round come at once. */
  public void wakeBy(Runnable waker) {
    this.wake = waker;
  }

  /** A job's row may have changed. */
  public void changed(String jobId) {
    changed.add(jobId);
    wake.run();
  }

  /** Lanes or revocations have changed. */
  public void lanesChanged() {
    wake.run();
  }

  @Override
  public void moved(JobId job) {
    ahead.add(job);
    figures.stepMoved();
  }

  @Override
  public void stopped(JobId job, Judged why) {
    mustStop(
        job,
        switch (why) {
          case Judged.GivenUp(String lane, var failure, boolean unanswered) -> {
            if (failure.code() == Failure.Code.PEER_GONE) {
              suspects.putIfAbsent(job, lane);
            }
            yield new Stop(Ending.of(failure), unanswered);
          }
          case Judged.Broken(String rule) -> new Stop(Ending.failed("bad_step", rule, false), true);
          case Judged.WentOn _ -> new Stop(Ending.laneLost("The job's lane is gone."), true);
          default -> throw new IllegalArgumentException("no reason to stop: " + why);
        });
  }

  private void mustStop(JobId job, Stop stop) {
    toStop.merge(job, stop, Stop::and);
    wake.run();
  }

  @Override
  public void dropped(JobId job, String why) {
    figures.recordDropped();
    LOG.debug("job {}: a record is dropped: {}", job, why);
  }

  @Override
  public void forged(JobId job) {
    figures.unsigned(Topic.PARTIAL_RESULTS);
    LOG.warn("job {}: a result is not signed by the node that it names, and is dropped", job);
  }

  @Override
  public void unsent(JobId job) {
    if (desk.track(job) != null) {
      mustStop(job, new Stop(Ending.laneLost("A step could not be sent to a node."), false));
    }
  }

  /** Takes up every job that is not over, and tells nodes of those that ended untold. */
  public void load() {
    for (Job job : moves.live()) {
      enter(job);
    }
    moves.untold().forEach(lastWords::tell);
    LOG.info("{} jobs are live", live.size());
  }

  /** One look at everything. */
  public void round() {
    for (String id : List.copyOf(changed)) {
      changed.remove(id);
      attempt(id, () -> refresh(id), () -> changed.add(id));
    }
    doubt();
    for (Map.Entry<JobId, Stop> entry : Map.copyOf(toStop).entrySet()) {
      String id = entry.getKey().toString();
      Runnable stop =
          () -> {
            stop(id, entry.getValue());
            toStop.remove(entry.getKey(), entry.getValue());
          };
      attempt(id, stop, () -> {});
    }
    for (LiveJob job : List.copyOf(live.values())) {
      attempt(job.job().id(), () -> look(job), () -> {});
    }
    attempt("placement", this::place, () -> {});
    attempt("closing", lastWords::again, () -> {});
    attempt("forgetting", this::forget, () -> {});
    figures.live(live.values().stream().map(LiveJob::job).toList(), queues.size());
  }

  /** Before anything is placed: a lane that has just lost a node gets no further job. */
  private void doubt() {
    for (Map.Entry<JobId, String> suspect : Map.copyOf(suspects).entrySet()) {
      suspects.remove(suspect.getKey());
      LiveJob known = live.get(suspect.getKey().toString());
      if (known != null) {
        lanes.of(known.job()).stream()
            .filter(lane -> lane.manifest().laneId().equals(suspect.getValue()))
            .forEach(lane -> board.doubt(lane.digest()));
      }
    }
  }

  private void attempt(String what, Runnable work, Runnable again) {
    try {
      work.run();
    } catch (RuntimeException e) {
      again.run();
      figures.roundFailed();
      LOG.warn("{}: could not be seen to, is tried again: {}", what, e.toString());
    }
  }

  /**
   * Writes down how far jobs have come; false when it could not be, or when a job that must end has
   * not. Then whoever reads the topics must not yet forget where it was.
   */
  public boolean writeDown() {
    round();
    List<JobId> moved = List.copyOf(ahead);
    Map<String, Progress> reached = new HashMap<>();
    for (JobId id : moved) {
      ahead.remove(id); // before it is read: what comes after this is written next time
      StepTrack track = desk.track(id);
      if (track != null) {
        reached.put(id.toString(), track.progress());
      }
    }
    try {
      if (!reached.isEmpty()) {
        moves.progress(reached);
      }
      return toStop.isEmpty();
    } catch (RuntimeException e) {
      ahead.addAll(moved);
      LOG.warn("progress could not be written down, is tried again: {}", e.toString());
      return false;
    }
  }

  private void refresh(String id) {
    Job job = moves.read(id);
    if (job == null) {
      return;
    }
    LiveJob known = live.get(id);
    if (!job.state().live()) {
      leave(job);
    } else if (known != null) {
      known.update(job);
      queues.sort(known);
    } else {
      enter(job);
    }
  }

  private void enter(Job job) {
    StepTrack track = null;
    List<LaneView> views = lanes.of(job);
    if (job.state().hasSteps() && views.size() == job.lanes().size()) { // else its lane is lost
      track = new StepTrack(job.plan(), JobLanes.seats(views), job.progress());
      if (job.state() == JobState.STRANDED) {
        track.strand();
      }
      desk.open(job.jobId(), track);
    }
    LiveJob entered = new LiveJob(job, track, ticks.nanos());
    live.put(job.id(), entered);
    queues.sort(entered);
  }

  /** Ends a job here, in the database and at its nodes. */
  private void end(String id, Function<Job, Ending> how) {
    StepTrack track = desk.track(Job.jobId(id));
    if (track != null) {
      track.close(); // so that what is written is the last of it
    }
    Job over = moves.end(id, track == null ? null : track.progress(), how);
    if (over != null && !over.state().live()) {
      leave(over);
    }
  }

  /** Takes a job's lane from it: nothing of it is sent any more. */
  private void stop(String id, Stop stop) {
    StepTrack track = desk.track(Job.jobId(id));
    boolean goesOn = track != null && track.strand();
    Progress reached = track == null ? null : track.progress();
    Job now = moves.stop(id, reached, new Stop(stop.why(), stop.unanswered() || goesOn));
    if (now != null && !now.state().live()) {
      leave(now);
    } else if (now != null && now.state() == JobState.STRANDED) {
      LiveJob known = live.get(id);
      if (known != null && known.job().state() != JobState.STRANDED) {
        known.update(now);
        lastWords.tell(now);
        LOG.info("job {} is stranded: {}", id, stop.why().message());
      }
    }
  }

  private void leave(Job over) {
    desk.close(over.jobId(), () -> lastWords.heard(over));
    LiveJob known = live.remove(over.id());
    if (known != null) {
      queues.remove(known);
      figures.ended(over.state());
      LOG.info("job {} is {}", over.id(), over.state());
    }
  }

  /** Whether a job must end, by what is true now. */
  private void look(LiveJob known) {
    Job job = known.job();
    long now = ticks.nanos();
    StepTrack track = known.track();
    Reason wish = job.finishing();
    if (wish != null) {
      boolean waits =
          wish == Reason.FINISHED
              && track != null
              && track.running()
              && !over(limits.lastResults(), known.finishing(now));
      if (!waits) {
        end(job.id(), seen -> seen.wished(wish));
      }
      return;
    }
    boolean late = wall.millis() >= job.asked().deadline();
    Ending lost = job.lost();
    if (lost != null) {
      if (late || wall.millis() - job.since() > limits.lastWord().toMillis()) {
        end(job.id(), seen -> unlessSaid(seen, lost));
      }
    } else if (late) {
      end(job.id(), seen -> unlessSaid(seen, Ending.expired()));
    } else if (job.state().holdsLanes()) {
      String broken = lanes.broken(job);
      if (broken != null) {
        stop(job.id(), new Stop(Ending.laneLost(broken), false));
      } else if (over(limits.idle(), known.idle(now))) {
        end(job.id(), seen -> unlessSaid(seen, Ending.abandoned()));
      }
    }
  }

  /** What a caller has said in the meantime is stronger than its silence. */
  private static Ending unlessSaid(Job seen, Ending ending) {
    Reason said = seen.finishing();
    return said == null ? ending : seen.wished(said);
  }

  private static boolean over(Duration limit, long nanos) {
    return nanos > limit.toNanos();
  }

  private void place() {
    queues.offer(live.values(), this::place, this::unplaceable, ticks.nanos());
  }

  private boolean place(LiveJob known, List<LaneView> views) {
    Job job = known.job();
    StepTrack track = new StepTrack(job.plan(), JobLanes.seats(views), Progress.NONE);
    List<Long> starts = new ArrayList<>();
    views.forEach(lane -> starts.addAll(board.starts(lane)));
    // Before the transaction ends: the first step may come as soon as it has.
    desk.open(job.jobId(), track);
    Job placed = null;
    try {
      placed = moves.place(job, views, starts);
    } finally {
      if (placed == null) {
        desk.forget(job.jobId());
        changed.add(job.id());
      }
    }
    if (placed == null) {
      return false;
    }
    known.placed(placed, track, ticks.nanos());
    figures.placed(Duration.ofMillis(Math.max(0, placed.since() - job.since())));
    LOG.info("job {} is placed on {}", job.id(), placed.lanes());
    return true;
  }

  private void unplaceable(LiveJob known, Ending why) {
    attempt(known.job().id(), () -> end(known.job().id(), seen -> why), () -> {});
  }

  private void forget() {
    long now = wall.millis();
    if (now >= forgetAt) {
      forgetAt = now + Duration.ofMinutes(1).toMillis();
      moves.forget(now - limits.keepEnded().toMillis());
    }
  }
}
