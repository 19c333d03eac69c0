package dev.sotto.gateway.jobs;

import dev.sotto.contracts.event.JobFinishRequested.Reason;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done from time to time: says that this instance is alive, lets go of what nobody
 * waits for, ends what was left behind.
 */
final class Sweeper {
  /** How often it is due. */
  static final Duration EVERY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final Duration KEPT = Duration.ofSeconds(30);
  private static final Duration PAST_DEADLINE = Duration.ofSeconds(10);
  private static final int BEAT = 2;
  private static final int SILENT = 10;
  private static final int FORGET = 3600;

  private final JobDesk desk;
  private final JobTable table;
  private final DeskSettings settings;
  private final Clock clock;
  private final UUID instance;
  private long rounds;
  private int beats;

  Sweeper(JobDesk desk, JobTable table, DeskSettings settings, Clock clock, UUID instance) {
    this.desk = desk;
    this.table = table;
    this.settings = settings;
    this.clock = clock;
    this.instance = instance;
  }

  /** Once, on one thread. */
  void sweep() {
    try {
      desk.open.values().forEach(this::sweep);
      if (rounds % BEAT == 0) {
        beat();
      }
      if (rounds % FORGET == FORGET - 1) {
        table.forgetOld();
      }
    } catch (RuntimeException e) {
      beats = 0;
      LOG.warn("housekeeping of jobs failed ({}); it is tried again", e.getClass().getSimpleName());
    } finally {
      rounds++;
    }
  }

  /**
   * Others are judged silent only by an instance that has been heard itself for as long: after the
   * database was away, nobody has been.
   */
  private void beat() {
    table.seen(instance);
    beats++;
    if (beats * BEAT > SILENT) {
      int abandoned = table.abandonHostedByTheDead(SILENT);
      if (abandoned > 0) {
        LOG.info("ended {} jobs of gateways that are gone", abandoned);
      }
    }
  }

  private void sweep(OpenJob job) {
    long idle = job.idleNanos();
    if (clock.instant().isAfter(job.deadline().plus(PAST_DEADLINE))) {
      job.end(Refusals.expired(), Long.MAX_VALUE);
    } else if (!job.hosted() && !job.left() && idle > settings.idle().toNanos()) {
      desk.end(job.tenantId(), job.id(), Reason.CANCELLED);
    }
    if (idle > KEPT.toNanos()) {
      job.dropAnswered();
      if (job.ended()) {
        desk.open.remove(job.id(), job);
      }
    }
  }
}
