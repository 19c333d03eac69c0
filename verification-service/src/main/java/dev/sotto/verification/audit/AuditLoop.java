package dev.sotto.verification.audit;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobRequested;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audits, one after the other, at times that nobody can foresee, none while callers need the lanes,
 * and all together no more of the time than they may take.
 */
final class AuditLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLoop.class);

  /** What one is taken to last before there has been any. */
  private static final Duration FIRST_GUESS = Duration.ofSeconds(5);

  private static final Duration SHORTEST = Duration.ofMillis(500);
  private static final double MOST_MEANS = 20;

  private final Audit audit;
  private final AuditLog log;
  private final Shapes shapes;
  private final BooleanSupplier room;
  private final double share;
  private final String model;
  private final MeterRegistry meters;
  private final SecureRandom random;
  // One thread of its own: no two audits at once, and nobody else waits for one.
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sotto-audits").daemon().factory());
  private Duration took = FIRST_GUESS; // that thread's

  /**
   * Not running yet.
   *
   * @param room whether lanes are free for one
   * @param share of the time that audits may take
   */
  AuditLoop(
      Audit audit,
      AuditLog log,
      Shapes shapes,
      BooleanSupplier room,
      double share,
      String model,
      MeterRegistry meters,
      SecureRandom random) {
    this.audit = audit;
    this.log = log;
    this.shapes = shapes;
    this.room = room;
    this.share = share;
    this.model = model;
    this.meters = meters;
    this.random = random;
  }

  /** From now on. */
  void start() {
    next();
  }

  private void next() {
    try {
      var _ = thread.schedule(this::runAndGoOn, pause().toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed meanwhile
    }
  }

  private void runAndGoOn() {
    try {
      run();
    } catch (RuntimeException e) {
      count("no_result");
      LOG.warn("an audit could not be run: {}", e.toString());
    }
    next();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  /** Learns what callers' jobs look like. */
  void take(EventRecord told) {
    switch (told.event()) {
      case JobRequested asked -> {
        if (!log.knows(asked.jobId())) {
          shapes.asked(asked);
        }
      }
      case JobEnded ended -> shapes.ended(ended);
      default -> {
        // not about shapes
      }
    }
  }

  /** Runs one, if there is room for it. */
  void run() {
    if (!room.getAsBoolean()) {
      count("no_room");
      return;
    }
    long began = System.nanoTime();
    try {
      runOne();
    } finally {
      took = Duration.ofNanos(System.nanoTime() - began);
    }
  }

  private void runOne() {
    JobId job = JobId.random(random);
    Shape shape = shapes.draw(random);
    log.begin(job, model, shape);
    Collection<LaneFinding> findings = audit.run(job, shape);
    log.end(job, findings);
    String result =
        findings.isEmpty()
            ? "unanswered"
            : findings.stream().allMatch(LaneFinding::passed) ? "passed" : "failed";
    count(result);
    if (result.equals("failed")) {
      LOG.warn("an audit has found a wrong answer; see which nodes' lanes failed in the status");
    }
  }

  private void count(String result) {
    meters.counter("sotto.audits", "result", result).increment();
  }

  /** How long until the next one. */
  Duration pause() {
    return pause(took, share, random);
  }

  /**
   * So long, in the mean, that audits as long as the last take their share; memoryless, so that
   * none can be foreseen from the last.
   */
  static Duration pause(Duration took, double share, RandomGenerator random) {
    double mean = Math.max(took.toMillis(), SHORTEST.toMillis()) * (1 / share - 1);
    double drawn = -Math.log(1 - random.nextDouble()) * mean;
    return Duration.ofMillis((long) Math.clamp(drawn, 1, MOST_MEANS * mean));
  }
}
