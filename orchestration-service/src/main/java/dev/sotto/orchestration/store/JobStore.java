package dev.sotto.orchestration.store;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.orchestration.job.Ending;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.JobState;
import dev.sotto.orchestration.job.Progress;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The jobs' table. Every move names the version that it was decided on, and does nothing when
 * another came first. All of it runs in the transaction of whoever asks.
 */
public final class JobStore {
  private static final String LIVE =
      "state IN ('REQUESTED', 'QUEUED', 'PLACED', 'RUNNING', 'STRANDED')";
  private static final String UNTOLD =
      "NOT nodes_told AND state NOT IN ('REQUESTED', 'QUEUED', 'PLACED', 'RUNNING')";

  private final JdbcClient db;

  /** Over a database whose search path is this service's schema. */
  public JobStore(JdbcClient db) {
    this.db = db;
  }

  /** Records a job; false when its id is there already. */
  public boolean insert(Job job) {
    JobRequested asked = job.asked();
    return db.sql(
                """
                INSERT INTO jobs (id, tenant_id, project_id, key_id, model, model_digest, protection,
                  prompt_tokens, max_tokens, deadline, state, version, since, requested_at)
                VALUES (:id, :tenant, :project, :key, :model, :digest, :protection,
                  :prompt, :most, :deadline, :state, :version, :since, :since)
                ON CONFLICT (id) DO NOTHING
                """)
            .param("id", asked.jobId())
            .param("tenant", asked.tenantId())
            .param("project", asked.projectId())
            .param("key", asked.keyId())
            .param("model", asked.model())
            .param("digest", asked.modelDigest())
            .param("protection", asked.protection().name())
            .param("prompt", asked.promptTokens())
            .param("most", asked.maxTokens())
            .param("deadline", asked.deadline())
            .param("state", job.state().name())
            .param("version", job.version())
            .param("since", job.since())
            .update()
        == 1;
  }

  /** The job of that id. */
  public Optional<Job> find(String id) {
    return db.sql("SELECT * FROM jobs WHERE id = :id")
        .param("id", id)
        .query(JobStore::job)
        .optional();
  }

  /** All jobs that are not over, the oldest first. */
  public List<Job> live() {
    return db.sql("SELECT * FROM jobs WHERE " + LIVE + " ORDER BY requested_at, id")
        .query(JobStore::job)
        .list();
  }

  /** How many of a tenant's jobs wait, paid for or not. */
  public int waiting(UUID tenant) {
    return count(
        db.sql(
                "SELECT count(*) FROM jobs WHERE tenant_id = :tenant"
                    + " AND state IN ('REQUESTED', 'QUEUED')")
            .param("tenant", tenant));
  }

  /** How many jobs wait, paid for or not. */
  public int allWaiting() {
    return count(db.sql("SELECT count(*) FROM jobs WHERE state IN ('REQUESTED', 'QUEUED')"));
  }

  private static int count(JdbcClient.StatementSpec query) {
    return query.query(Integer.class).single();
  }

  /** Moves a job to a live state without anything else; whether it was still as seen. */
  public boolean move(Job seen, JobState to, long now) {
    check(seen, to);
    return db.sql(
                "UPDATE jobs SET state = :to, version = version + 1, since = :now"
                    + " WHERE id = :id AND version = :version")
            .param("to", to.name())
            .param("now", now)
            .param("id", seen.id())
            .param("version", seen.version())
            .update()
        == 1;
  }

  /** Gives a job its lanes; whether it was still as seen. */
  public boolean place(Job seen, List<String> lanes, List<Long> starts, long now) {
    check(seen, JobState.PLACED);
    return db.sql(
                """
                UPDATE jobs SET state = 'PLACED', version = version + 1, since = :now,
                  lanes = :lanes, node_starts = :starts, nodes_told = false
                WHERE id = :id AND version = :version
                """)
            .param("now", now)
            .param("lanes", lanes.toArray(String[]::new))
            .param("starts", starts.toArray(Long[]::new))
            .param("id", seen.id())
            .param("version", seen.version())
            .update()
        == 1;
  }

  /** Notes that a job's caller wants it ended; the first wish counts. */
  public boolean finishing(Job seen, Reason reason) {
    return db.sql(
                "UPDATE jobs SET finishing = :reason, version = version + 1"
                    + " WHERE id = :id AND version = :version AND finishing IS NULL")
            .param("reason", reason.name())
            .param("id", seen.id())
            .param("version", seen.version())
            .update()
        == 1;
  }

  /** Writes down how far a job has come; it runs from its first step on. */
  public void progress(String id, Progress reached, long now) {
    db.sql(
            """
            UPDATE jobs SET steps_sent = :sent, steps_finished = :finished, answered = :answered,
              digests = :digests,
              since = CASE WHEN state = 'PLACED' THEN :now ELSE since END,
              version = CASE WHEN state = 'PLACED' THEN version + 1 ELSE version END,
              state = CASE WHEN state = 'PLACED' THEN 'RUNNING' ELSE state END
            WHERE id = :id AND state IN ('PLACED', 'RUNNING', 'STRANDED') AND :sent > 0
            """)
        .param("sent", reached.sent())
        .param("finished", reached.finished())
        .param("answered", reached.answered())
        .param("digests", reached.digests())
        .param("now", now)
        .param("id", id)
        .update();
  }

  /** Takes a job's lane from it; whether it was still as seen. */
  public boolean strand(Job seen, Ending lost, long now) {
    return leave(seen, JobState.STRANDED, lost, now);
  }

  /** Ends a job; whether it was still as seen. */
  public boolean end(Job seen, Ending ending, long now) {
    return leave(seen, ending.state(), ending, now);
  }

  private boolean leave(Job seen, JobState to, Ending why, long now) {
    check(seen, to);
    return db.sql(
                """
                UPDATE jobs SET state = :state, version = version + 1, since = :now,
                  code = :code, message = :message, retryable = :retryable
                WHERE id = :id AND version = :version
                """)
            .param("state", to.name())
            .param("now", now)
            .param("code", why.code())
            .param("message", why.message())
            .param("retryable", why.retryable())
            .param("id", seen.id())
            .param("version", seen.version())
            .update()
        == 1;
  }

  private static void check(Job seen, JobState to) {
    if (!seen.state().mayBecome(to)) {
      throw new IllegalStateException("a job that is " + seen.state() + " cannot become " + to);
    }
  }

  /** Jobs that are stranded or over and whose nodes may not have heard of it. */
  public List<Job> untold() {
    return db.sql("SELECT * FROM jobs WHERE " + UNTOLD).query(JobStore::job).list();
  }

  /** Its nodes have heard of its end. */
  public void told(String id) {
    db.sql("UPDATE jobs SET nodes_told = true WHERE id = :id").param("id", id).update();
  }

  /** Jobs by state, those that are kept. */
  public Map<JobState, Long> counts() {
    Map<JobState, Long> counts = new java.util.EnumMap<>(JobState.class);
    db.sql("SELECT state, count(*) AS jobs FROM jobs GROUP BY state")
        .query(
            (row, at) -> counts.put(JobState.valueOf(row.getString("state")), row.getLong("jobs")))
        .list();
    return counts;
  }

  /** Forgets jobs that were over before {@code time}; at most a thousand at once. */
  public int forget(long time) {
    return db.sql(
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE since < :time AND nodes_told"
                + " AND NOT ("
                + LIVE
                + ") LIMIT 1000)")
        .param("time", time)
        .update();
  }

  private static Job job(ResultSet row, int at) throws SQLException {
    JobRequested asked =
        new JobRequested(
            row.getString("id"),
            row.getObject("tenant_id", UUID.class),
            row.getObject("project_id", UUID.class),
            row.getObject("key_id", UUID.class),
            row.getString("model"),
            row.getString("model_digest"),
            Protection.valueOf(row.getString("protection")),
            row.getInt("prompt_tokens"),
            row.getInt("max_tokens"),
            row.getLong("deadline"));
    String finishing = row.getString("finishing");
    JobState state = JobState.valueOf(row.getString("state"));
    return new Job(
        asked,
        state,
        row.getLong("version"),
        list(row.getArray("lanes"), String.class),
        list(row.getArray("node_starts"), Long.class),
        new Progress(
            row.getInt("steps_sent"),
            row.getInt("steps_finished"),
            row.getBytes("answered"),
            row.getBoolean("digests")),
        state == JobState.STRANDED
            ? Ending.failed(
                row.getString("code"), row.getString("message"), row.getBoolean("retryable"))
            : null,
        reason(finishing),
        row.getLong("since"));
  }

  private static @Nullable Reason reason(@Nullable String name) {
    return name == null ? null : Reason.valueOf(name);
  }

  private static <T> List<T> list(Array array, Class<T> type) throws SQLException {
    return Stream.of((Object[]) array.getArray()).map(type::cast).toList();
  }
}
