package dev.sotto.verification.audit;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobRequested;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Audits, one after the other, at times that nobody can foresee. */
final class AuditLoop {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLoop.class);

  private final Audit audit;
  private final AuditLog log;
  private final Shapes shapes;
  private final String model;
  private final MeterRegistry meters;
  private final SecureRandom random;

  AuditLoop(
      Audit audit,
      AuditLog log,
      Shapes shapes,
      String model,
      MeterRegistry meters,
      SecureRandom random) {
    this.audit = audit;
    this.log = log;
    this.shapes = shapes;
    this.model = model;
    this.meters = meters;
    this.random = random;
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

  /** Runs one. */
  void run() {
    JobId job = JobId.random(random);
    Shape shape = shapes.draw(random);
    log.begin(job, model, shape);
    Collection<LaneFinding> findings = audit.run(job, shape);
    log.end(job, findings);
    String result =
        findings.isEmpty()
            ? "unanswered"
            : findings.stream().allMatch(LaneFinding::passed) ? "passed" : "failed";
    meters.counter("sotto.audits", "result", result).increment();
    if (result.equals("failed")) {
      LOG.warn("an audit has found a wrong answer");
    }
  }

  /** How long until the next one: memoryless, so that none can be foreseen from the last. */
  Duration pause(Duration mean) {
    double drawn = -Math.log(1 - random.nextDouble()) * mean.toMillis();
    return Duration.ofMillis((long) Math.clamp(drawn, 1, 20.0 * mean.toMillis()));
  }
}
