package dev.sotto.verification.receipt;

import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code ended_job}; for workers. */
final class EndedJobs {
  private final JdbcClient jdbc;

  /**
   * A job whose receipt is not signed yet.
   *
   * @param endedAt milliseconds of the epoch
   * @param dueAt when it is signed without the digests that are missing then; likewise
   */
  record Waiting(JobEnded job, long endedAt, long dueAt) {}

  EndedJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(EventRecord told, JobEnded ended, long dueAt) {
    jdbc.sql(
            "INSERT INTO ended_job (job_id, tenant_id, event, ended_at, due_at)"
                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .param(ended.jobId())
        .param(ended.tenantId())
        .param(EventCodec.encode(told))
        .param(told.occurredAt())
        .param(dueAt)
        .update();
  }

  /** The job, locked until the transaction ends. */
  Optional<Waiting> lock(String job) {
    return jdbc.sql("SELECT event, ended_at, due_at FROM ended_job WHERE job_id = ? FOR UPDATE")
        .param(job)
        .query(
            (row, number) ->
                new Waiting(
                    (JobEnded) EventCodec.decode(row.getBytes("event")).event(),
                    row.getLong("ended_at"),
                    row.getLong("due_at")))
        .optional();
  }

  /** Jobs that wait no longer. */
  List<String> due(long now, int most) {
    return jdbc.sql("SELECT job_id FROM ended_job WHERE due_at <= ? ORDER BY due_at LIMIT ?")
        .param(now)
        .param(most)
        .query(String.class)
        .list();
  }

  void remove(String job) {
    jdbc.sql("DELETE FROM ended_job WHERE job_id = ?").param(job).update();
  }
}
