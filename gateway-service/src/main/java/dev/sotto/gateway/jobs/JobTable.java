package dev.sotto.gateway.jobs;

import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.Placement;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobFinishRequested;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.event.JobStranded;
import dev.sotto.gateway.jobs.JobRow.End;
import dev.sotto.gateway.jobs.JobRow.Lost;
import dev.sotto.gateway.keys.Caller.KeyHolder;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.Outbox;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What stays known of jobs. A request and the event that tells of it are one transaction, and so
 * are an end and its.
 */
final class JobTable {
  private static final int REAPED_AT_ONCE = 100;

  private final JdbcClient sql;
  private final Tenancy tenancy;
  private final Outbox outbox;

  JobTable(JdbcClient sql, Tenancy tenancy, Outbox outbox) {
    this.sql = sql;
    this.tenancy = tenancy;
    this.outbox = outbox;
  }

  /**
   * Stores a job and tells of it. False if the id is taken, by whomever.
   *
   * @param hostedBy the instance that hosts its enclave, or null
   */
  boolean request(
      KeyHolder owner, JobRequest request, String modelDigest, @Nullable UUID hostedBy) {
    return tenancy.inTenant(
        owner.tenantId(),
        () -> {
          int stored =
              sql.sql(
                      """
                      insert into job (id, tenant_id, project_id, key_id, model, protection,
                        prompt_tokens, max_tokens, deadline, hosted_by)
                      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing""")
                  .params(
                      request.jobId().toString(),
                      owner.tenantId(),
                      owner.projectId(),
                      owner.keyId(),
                      request.model(),
                      request.protection().label(),
                      request.promptTokens(),
                      request.maxTokens(),
                      request.deadline().atOffset(ZoneOffset.UTC))
                  .param(hostedBy)
                  .update();
          if (stored == 0) {
            return false;
          }
          outbox.tell(
              new JobRequested(
                  request.jobId().toString(),
                  owner.tenantId(),
                  owner.projectId(),
                  owner.keyId(),
                  request.model(),
                  modelDigest,
                  request.protection(),
                  request.promptTokens(),
                  request.maxTokens(),
                  request.deadline().toEpochMilli()));
          return true;
        });
  }

  /** The job, if it is the key's. */
  Optional<JobRow> find(KeyHolder owner, JobId id) {
    return tenancy.inTenant(
        owner.tenantId(),
        () ->
            sql.sql("select * from job where id = ? and key_id = ?")
                .params(id.toString(), owner.keyId())
                .query(JobTable::row)
                .optional());
  }

  /** Says once that no further step will come. False if that was said, or it is over. */
  boolean finish(UUID tenant, JobId id, Reason reason) {
    return tenancy.inTenant(
        tenant,
        () -> {
          int changed =
              sql.sql(
                      """
                      update job set finish_reason = ?
                      where id = ? and state <> 'ended' and finish_reason is null""")
                  .params(reason.name(), id.toString())
                  .update();
          if (changed > 0) {
            outbox.tell(new JobFinishRequested(id.toString(), reason));
          }
          return changed > 0;
        });
  }

  /** Takes note, as a worker. Does nothing for a job that is over or not this platform's. */
  void placed(JobPlaced event) {
    byte[] kept = EventCodec.encode(new EventRecord(new UUID(0, 0), 0, event));
    sql.sql("update job set state = 'placed', placement = ? where id = ? and state <> 'ended'")
        .params(new String(kept, StandardCharsets.UTF_8), event.jobId())
        .update();
  }

  /** Takes note, as a worker: no further step is taken, and whoever waits for one is told why. */
  void stranded(JobStranded event) {
    sql.sql(
            """
            update job set stranded = true, code = ?, message = ?, retryable = ?
            where id = ? and state <> 'ended'""")
        .params(event.code(), event.message(), event.retryable(), event.jobId())
        .update();
  }

  /** Takes note, as a worker. The first end stands. */
  void ended(JobEnded event) {
    sql.sql(
            """
            update job set state = 'ended', outcome = ?, code = ?, message = ?, retryable = ?,
              read_tokens = ?, completion_tokens = ?, ended_at = now()
            where id = ? and state <> 'ended'""")
        .params(
            event.outcome().name(),
            event.code(),
            event.message(),
            event.retryable(),
            event.promptTokens(),
            event.completionTokens(),
            event.jobId())
        .update();
  }

  /** Ends jobs whose enclave died with its gateway: nobody is charged for what nobody got. */
  int abandonHostedByTheDead(long silentSeconds) {
    return tenancy.asWorker(
        () -> {
          List<String> ids =
              sql.sql(
                      """
                      update job set finish_reason = 'ABANDONED' where id in (
                        select j.id from job j where j.hosted_by is not null and j.state <> 'ended'
                          and j.finish_reason is null and not exists (
                            select 1 from instance i where i.id = j.hosted_by
                              and i.seen_at > now() - make_interval(secs => ?))
                        limit ? for update skip locked)
                      returning id""")
                  .params((double) silentSeconds, REAPED_AT_ONCE)
                  .query(String.class)
                  .list();
          ids.forEach(id -> outbox.tell(new JobFinishRequested(id, Reason.ABANDONED)));
          return ids.size();
        });
  }

  /** Says that an instance is alive, and forgets those that have long not been. */
  void seen(UUID instance) {
    tenancy.asWorker(
        () -> {
          sql.sql(
                  """
                  insert into instance values (?, now())
                  on conflict (id) do update set seen_at = now()""")
              .param(instance)
              .update();
          return sql.sql("delete from instance where seen_at < now() - interval '1 day'").update();
        });
  }

  /** Forgets jobs that ended long ago; how long, the policy says. */
  int forgetOld() {
    return tenancy.asWorker(
        () ->
            sql.sql(
                    "delete from job where state = 'ended' and ended_at < now() - interval '30 days'")
                .update());
  }

  private static JobRow row(ResultSet row, int number) throws SQLException {
    JobId id = JobIds.checked(row.getString("id"));
    String reason = row.getString("finish_reason");
    String placement = row.getString("placement");
    String outcome = row.getString("outcome");
    return new JobRow(
        id,
        row.getObject("key_id", UUID.class),
        row.getString("model"),
        "compared".equals(row.getString("protection")) ? Protection.COMPARED : Protection.PASSIVE,
        row.getInt("prompt_tokens"),
        row.getInt("max_tokens"),
        instant(row, "created_at"),
        instant(row, "deadline"),
        JobState.of(row.getString("state")),
        reason == null ? null : Reason.valueOf(reason),
        placement == null ? null : placement(id, placement),
        outcome == null && row.getBoolean("stranded")
            ? new Lost(row.getString("code"), row.getString("message"), row.getBoolean("retryable"))
            : null,
        outcome == null
            ? null
            : new End(
                JobEnded.Outcome.valueOf(outcome),
                row.getString("code"),
                row.getString("message"),
                row.getBoolean("retryable"),
                row.getInt("read_tokens"),
                row.getInt("completion_tokens"),
                instant(row, "ended_at")));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static Placement placement(JobId id, String kept) {
    if (EventCodec.decode(kept.getBytes(StandardCharsets.UTF_8)).event()
        instanceof JobPlaced placed) {
      return new Placement(id, placed.protection(), placed.lanes());
    }
    throw new IllegalStateException("job.placement is none");
  }
}
