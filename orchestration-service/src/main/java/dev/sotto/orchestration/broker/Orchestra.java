package dev.sotto.orchestration.broker;

import dev.sotto.contracts.event.Topic;
import dev.sotto.orchestration.dispatch.Admission;
import dev.sotto.orchestration.dispatch.Dispatcher;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.store.LaneStore;
import dev.sotto.platform.event.EventConsumers;
import dev.sotto.platform.event.RecordFeeds;
import dev.sotto.platform.event.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Begins to act, in order, and stops: what is recorded, nodes, results, steps, events. */
public final class Orchestra implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Orchestra.class);
  private static final Duration ROUND = Duration.ofMillis(200);
  private static final Duration STALL = Duration.ofSeconds(2);
  private static final Duration CATCH_UP = Duration.ofSeconds(30);

  private final LaneBoard board;
  private final LaneStore lanes;
  private final Dispatcher dispatcher;
  private final Admission admission;
  private final Topics topics;
  private final RecordFeeds feeds;
  private final EventConsumers events;
  private final NodeFeed nodes;
  private final StepLoop steps;
  private final NodePostOffice post;
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sotto-dispatch").factory());
  private final AtomicBoolean due = new AtomicBoolean();
  private long roundAt = System.nanoTime(); // the rounds' thread's
  private volatile boolean acting;
  private volatile boolean closed;

  Orchestra(
      LaneBoard board,
      LaneStore lanes,
      Dispatcher dispatcher,
      Admission admission,
      Topics topics,
      RecordFeeds feeds,
      EventConsumers events,
      NodeFeed nodes,
      StepLoops steps,
      NodePostOffice post) {
    this.board = board;
    this.lanes = lanes;
    this.dispatcher = dispatcher;
    this.admission = admission;
    this.topics = topics;
    this.feeds = feeds;
    this.events = events;
    this.nodes = nodes;
    this.steps = steps.with(this::writeDown);
    this.post = post;
  }

  /** Makes a loop, given what writes progress down. */
  @FunctionalInterface
  interface StepLoops {
    StepLoop with(Supplier<CompletableFuture<Boolean>> writeDown);
  }

  /** Begins; returns when everything runs. Tries again for as long as something is away. */
  public void begin() {
    for (Stage stage :
        List.<Stage>of(
            this::topics, this::recall, () -> nodes.follow(feeds), this::load, this::subscribe)) {
      while (!closed && !done(stage)) {
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    }
    acting = !closed;
    LOG.info("orchestration acts");
  }

  /** One part of beginning: does nothing that lasts when it fails. */
  private interface Stage {
    void run() throws InterruptedException;
  }

  private boolean done(Stage stage) {
    try {
      stage.run();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
      return false;
    } catch (RuntimeException e) {
      LOG.warn("not ready yet: {}", e.toString());
      return false;
    }
  }

  private void topics() {
    topics.ensure(
        Topic.JOBS,
        Topic.JOB_STATUS,
        Topic.CREDIT,
        Topic.CREDIT_DECISIONS,
        Topic.NODES,
        Topic.STEPS,
        Topic.PARTIAL_RESULTS);
  }

  private void recall() {
    board.recall(
        lanes.lanes(),
        lanes.nodes(),
        lanes.revoked(LaneStore.Kind.LANE),
        lanes.revoked(LaneStore.Kind.NODE));
  }

  private void load() throws InterruptedException {
    dispatcher.load();
    // Results first: what a lane's end makes of a job depends on what its caller may have got.
    if (!steps.start(CATCH_UP)) {
      LOG.warn("not all results have been read after {}; the others come when they do", CATCH_UP);
    }
    dispatcher.wakeBy(this::wake);
    var _ =
        rounds.scheduleWithFixedDelay(
            this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void subscribe() {
    events.subscribe(
        "orchestration",
        List.of(Topic.JOBS, Topic.CREDIT_DECISIONS),
        told -> {
          String job = admission.take(told.event());
          if (job != null) {
            TransactionSynchronizationManager.registerSynchronization(
                new TransactionSynchronization() {
                  @Override
                  public void afterCommit() {
                    dispatcher.changed(job);
                  }
                });
          }
        });
  }

  /** Whether everything runs. */
  public boolean acting() {
    return acting && steps.healthy();
  }

  private void wake() {
    if (!closed && due.compareAndSet(false, true)) {
      rounds.execute(this::round);
    }
  }

  private void round() {
    due.set(false);
    long now = System.nanoTime();
    if (now - roundAt > STALL.toNanos()) {
      board.listen(); // this process stood still, and has heard nobody meanwhile
    }
    dispatcher.round();
    roundAt = System.nanoTime();
  }

  private CompletableFuture<Boolean> writeDown() {
    return CompletableFuture.supplyAsync(dispatcher::writeDown, rounds);
  }

  @Override
  public void close() {
    closed = true;
    steps.close();
    rounds.shutdown();
    try {
      if (!rounds.awaitTermination(10, TimeUnit.SECONDS)) {
        rounds.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    post.close();
  }
}
