package dev.sotto.orchestration.step;

import dev.sotto.contracts.NodeStep;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedPart;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.StepPlan;
import dev.sotto.orchestration.job.Progress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One job's steps: says what is due and what is done, from the records that a broker delivers in
 * any number of copies. Step n is sent once n − 1 is finished, which is when every node has
 * answered it. A step that comes again while it runs, or while nothing does and it was the last, is
 * sent again: nodes run it once and answer it twice. Older ones are dropped.
 *
 * <p>The caller has the answers of step n before this side must have seen them, since both read the
 * same topic; so step n + 1 may be early, and one is kept.
 *
 * <p>A digest in place of a step is the last of a job: it does not count as one, and what comes
 * after it is for the nodes to refuse.
 *
 * <p>A job whose lane is gone is stranded: nothing of it is sent any more, and whether its caller
 * has the whole answer is the caller's to say. What tells that it has not is seen here: another
 * step of the caller's, or a node's failure at a step that the caller waits for. The caller reads
 * nodes' results from the same topic in the same order, so a failure that comes before a step's
 * last answer comes to both before it.
 *
 * <p>Safe for use by several threads. Judging and sending happen under this object's lock in {@link
 * StepDesk}, so nothing is sent after {@link #close}.
 */
public final class StepTrack {
  private final StepPlan plan;
  private final List<Seat> seats;
  private final Map<Place, Integer> places = new HashMap<>();
  private BitSet answered;
  private int sent;
  private int finished;
  private boolean closed;
  private boolean stranded;
  private boolean goesOn;
  private boolean early; // the step that runs is a digest in place of one
  private @Nullable SealedStep held;

  private record Place(String laneId, int stage, Role role) {}

  /** A job's steps from {@code reached} on. */
  public StepTrack(StepPlan plan, List<Seat> seats, Progress reached) {
    this.plan = plan;
    this.seats = List.copyOf(seats);
    this.sent = reached.sent();
    this.finished = reached.finished();
    this.answered = BitSet.valueOf(reached.answered());
    this.early = reached.digests();
    for (int i = 0; i < seats.size(); i++) {
      Seat seat = seats.get(i);
      if (places.put(new Place(seat.laneId(), seat.stage(), seat.role()), i) != null) {
        throw new IllegalArgumentException("two nodes hold one place of a job");
      }
    }
  }

  /** The nodes. */
  public List<Seat> seats() {
    return seats;
  }

  /** How far it has come. */
  public synchronized Progress progress() {
    return new Progress(sent, finished, answered.toByteArray(), early);
  }

  /** Whether a step was sent that some node has not answered. */
  public synchronized boolean running() {
    return sent > finished;
  }

  /** Whether a step is kept back. */
  public synchronized boolean holds() {
    return held != null;
  }

  /** Whether nothing is sent any more. */
  public synchronized boolean closed() {
    return closed;
  }

  /**
   * The job's lane is gone: nothing is sent from now on. Results still count.
   *
   * @return whether the caller has not got its whole answer, for it has asked for another step
   */
  public synchronized boolean strand() {
    goesOn |= held != null;
    stranded = true;
    held = null;
    return goesOn;
  }

  /** Nothing is sent from now on. */
  public synchronized void close() {
    closed = true;
    held = null;
  }

  /**
   * What is to be done about a step of the caller.
   *
   * @param old whether the record was there before this process: then nobody waits for a finished
   *     step's answers by it, and a node may be further than it
   */
  public synchronized Judged step(SealedStep step, boolean old) {
    if (closed) {
      return new Judged.Ignored("the job is over");
    }
    if (stranded) {
      // A digest in place of a step is sent by who has the answer; an old record says nothing new.
      boolean next = !old && step.serial() >= sent && step.serial() < plan.steps();
      return next && !early(step, (int) step.serial())
          ? new Judged.WentOn()
          : new Judged.Ignored("the job's lane is gone");
    }
    boolean last = step.serial() == finished - 1L && sent == finished && !old;
    if (step.serial() < finished && !last) {
      return new Judged.Ignored("the step was finished before");
    }
    if (step.serial() > finished + 1L || step.serial() >= plan.steps()) {
      return new Judged.Ignored("the step is not due");
    }
    int serial = (int) step.serial();
    String wrong = wrong(step, serial);
    if (wrong != null) {
      return new Judged.Broken(wrong);
    }
    if (serial > finished) {
      held = step;
      return new Judged.Held();
    }
    sent = Math.max(sent, serial + 1);
    early = early(step, serial);
    return new Judged.Forward(parts(step));
  }

  /** Whether it is a digest in place of a step: the caller's last word, and no step of the plan. */
  private boolean early(SealedStep step, int serial) {
    return step.tokens() == 0 && plan.mayDigest(serial) && !plan.isDigest(serial);
  }

  private @Nullable String wrong(SealedStep step, int serial) {
    int tokens = plan.part(serial).tokens();
    if (step.tokens() != tokens && !early(step, serial)) {
      return "step " + serial + " must feed " + tokens + " tokens";
    }
    if (step.parts().size() != seats.size()) {
      return "step " + serial + " must have one part for each of " + seats.size() + " nodes";
    }
    BitSet seen = new BitSet();
    for (SealedPart part : step.parts()) {
      Integer place = places.get(new Place(part.laneId(), part.stage(), part.role()));
      if (place == null || seen.get(place)) {
        return "step " + serial + " must have exactly one part for each node of the job's lanes";
      }
      seen.set(place);
      if ((part.encapsulation().length() != 0) != (serial == 0)) {
        return "the first step, and no other, must begin each node's sealing context";
      }
    }
    return null;
  }

  private List<Sent> parts(SealedStep step) {
    List<Sent> parts = new ArrayList<>();
    for (SealedPart part : step.parts()) {
      Integer place = places.get(new Place(part.laneId(), part.stage(), part.role()));
      if (place != null) {
        parts.add(new Sent(seats.get(place).identity(), NodeStep.of(step, part)));
      }
    }
    return parts;
  }

  /** Whose a result says that it is; null for nobody of this job. */
  @Nullable Seat seat(PartialResult result) {
    Integer place = places.get(new Place(result.laneId(), result.stage(), result.role()));
    return place == null ? null : seats.get(place);
  }

  /** What is to be done about a node's result, which is signed by it. */
  public synchronized Judged result(PartialResult result) {
    Integer place = places.get(new Place(result.laneId(), result.stage(), result.role()));
    if (closed || place == null) {
      return new Judged.Ignored(closed ? "the job is over" : "the node has no place in the job");
    }
    if (result.outcome() instanceof PartialResult.Outcome.Failed(var failure)) {
      boolean awaited = (running() && !early) || held != null;
      if (stranded && !awaited) {
        return new Judged.Ignored("the job's lane is gone");
      }
      boolean unanswered = awaited || plan.answeredBefore(finished) == 0;
      return new Judged.GivenUp(result.laneId(), failure, unanswered);
    }
    if (result.serial() != finished || finished >= plan.steps()) {
      return new Judged.Ignored("the step is not the one that runs");
    }
    // After a restart the step itself may still be on its way to this side a second time.
    sent = Math.max(sent, finished + 1);
    answered.set(place);
    if (answered.cardinality() < seats.size()) {
      return new Judged.Counted();
    }
    if (early) {
      // Nothing was fed and nothing answered: the plan is where it was, and nothing runs.
      sent = finished;
      answered = new BitSet();
      return new Judged.Counted();
    }
    finished++;
    answered = new BitSet();
    SealedStep next = held;
    held = null;
    return new Judged.Finished(next);
  }
}
