package dev.sotto.embedded.chaos;

import dev.sotto.embedded.chaos.Books.JobRow;
import dev.sotto.embedded.chaos.Placement.Caller;
import dev.sotto.launch.PlatformStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One kill: leads a job to its moment, holds it there, kills, and lets everything go on. What holds
 * a job is what may hold it any day: a lock on a row, a process that stands still, lanes that are
 * full, a caller who thinks.
 */
final class Strike {
  private static final Duration MOST = Duration.ofMinutes(1);

  private final Home home;
  private final Placement placement;
  private final PlatformStatus before;
  private final Set<String> jobsBefore;
  private final Deque<AutoCloseable> holds = new ArrayDeque<>();

  private Strike(Home home, Placement placement) throws Exception {
    this.home = home;
    this.placement = placement;
    this.before = home.awaitReady();
    this.jobsBefore = home.books().jobs(tokens());
  }

  /**
   * What came of it.
   *
   * @param asking the caller, who may still wait
   * @param jobsBefore what had been asked for when it began
   * @param killedAt nanoseconds of this JVM's clock
   */
  record Struck(Asking asking, Set<String> jobsBefore, long killedAt) {}

  static Struck at(Home home, Placement placement) throws Exception {
    Strike strike = new Strike(home, placement);
    try {
      return placement.caller() == Caller.SEALED ? strike.sealed() : strike.plain();
    } finally {
      strike.letGo();
    }
  }

  private int tokens() {
    return home.tokens(placement.caller());
  }

  /** Who stands still while a step is at the nodes: not who is killed. */
  private Victim held() {
    return placement.victim() == Victim.EVALUATOR_1 ? Victim.EVALUATOR_0 : Victim.EVALUATOR_1;
  }

  private void hold() throws Exception {
    holds.push(home.hold(held(), before));
  }

  private void letGo() throws Exception {
    while (!holds.isEmpty()) {
      holds.pop().close();
    }
  }

  private Struck sealed() throws Exception {
    beforeAsking();
    SealedAsking asking = home.askSealed();
    String job = asking.firstJob();
    if (placement.moment().compareTo(Moment.PLACED) >= 0) {
      asking.awaitPlaced();
    }
    switch (placement.moment()) {
      case REQUESTED, QUEUED, PLACED -> {}
      case PREFILL -> {
        hold();
        asking.allow(1);
      }
      case DECODE -> {
        asking.allow(3);
        until("three tokens", () -> asking.come() == 3);
        hold();
        asking.allow(1);
      }
      case ANSWERED -> {
        asking.allow(SealedAsking.TOKENS);
        until("its answer", () -> asking.come() == SealedAsking.TOKENS);
      }
      case CLOSING, SETTLING -> {
        asking.allow(SealedAsking.TOKENS);
        await(job, row -> row.finished() == SealedAsking.TOKENS);
        lockItsEnd(job);
      }
    }
    if (placement.moment().compareTo(Moment.CLOSING) >= 0) {
      asking.allowAll();
    }
    awaitMoment(job);
    long killedAt = kill();
    if (placement.moment() == Moment.ANSWERED && placement.victim().node()) {
      await(job, row -> row.state().equals("STRANDED"));
    }
    asking.allowAll();
    return new Struck(asking, jobsBefore, killedAt);
  }

  private Struck plain() throws Exception {
    beforeAsking();
    if (placement.moment() == Moment.PREFILL) {
      hold();
    }
    PlainAsking asking = home.askPlain(Expected.TOKENS);
    if (placement.moment().compareTo(Moment.DECODE) >= 0) {
      until("three pieces of the answer", () -> asking.come() >= 3);
      hold();
    }
    String job = newJob();
    if (placement.moment().compareTo(Moment.CLOSING) >= 0) {
      await(job, row -> row.state().equals("RUNNING"));
      lockItsEnd(job);
      holds.removeLast().close(); // the node goes on, and the job to its end
    }
    awaitMoment(job);
    return new Struck(asking, jobsBefore, kill());
  }

  private String newJob() throws InterruptedException {
    Set<String> fresh = new HashSet<>();
    until(
        "a job",
        () -> {
          fresh.addAll(home.books().jobs(tokens()));
          fresh.removeAll(jobsBefore);
          return !fresh.isEmpty();
        });
    return fresh.iterator().next();
  }

  private void beforeAsking() throws Exception {
    switch (placement.moment()) {
      case REQUESTED -> holds.push(home.books().lockAccounts());
      case QUEUED -> holds.push(home.fill());
      default -> {}
    }
  }

  private void lockItsEnd(String job) throws Exception {
    holds.push(
        placement.moment() == Moment.CLOSING
            ? home.books().lockJob(job)
            : home.books().lockAccounts());
  }

  private void awaitMoment(String job) throws InterruptedException {
    switch (placement.moment()) {
      case REQUESTED, QUEUED, PLACED ->
          await(job, row -> row.state().equals(placement.moment().name()));
      case PREFILL -> await(job, row -> row.runs() && row.finished() == 0);
      case DECODE -> await(job, row -> row.runs() && row.finished() > 0);
      case ANSWERED -> await(job, row -> row.finished() == SealedAsking.TOKENS);
      case CLOSING -> {
        until("its caller is done", () -> home.books().finishAsked(job));
        await(job, row -> row.state().equals("RUNNING"));
      }
      case SETTLING ->
          await(job, row -> row.state().equals("COMPLETED") && home.books().reserved(job));
    }
  }

  private long kill() throws Exception {
    home.kill(placement.victim(), before);
    long killedAt = System.nanoTime();
    letGo();
    return killedAt;
  }

  private void await(String job, Predicate<JobRow> is) throws InterruptedException {
    Patience.until(
        () -> placement + ": the job is " + home.books().job(job),
        MOST,
        () -> home.books().job(job).filter(is).isPresent());
  }

  private void until(String what, java.util.function.BooleanSupplier holds)
      throws InterruptedException {
    Patience.until(() -> placement + ": " + what, MOST, holds);
  }
}
