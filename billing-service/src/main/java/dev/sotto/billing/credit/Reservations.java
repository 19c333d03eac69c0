package dev.sotto.billing.credit;

import dev.sotto.platform.event.UnusableEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One row a job. Callers have named the tenant and hold its account's lock. */
final class Reservations {
  private static final int BATCH = 500;

  private final JdbcClient jdbc;

  Reservations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Reservation> find(String jobId) {
    return jdbc.sql("SELECT * FROM reservation WHERE job_id = ?")
        .param(jobId)
        .query((row, number) -> of(row))
        .optional();
  }

  /** UnusableEvent when the job is another tenant's, whose row is not visible. */
  void insert(Reservation of) {
    int written =
        jdbc.sql(
                "INSERT INTO reservation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT DO NOTHING")
            .param(of.jobId())
            .param(of.tenantId())
            .param(of.projectId())
            .param(of.model())
            .param(of.protection())
            .param(of.state().name())
            .param(of.priceVersion())
            .param(of.reserved())
            .param(of.month())
            .param(of.refusalCode())
            .param(of.refusalMessage())
            .param(Timestamp.from(of.expiresAt()))
            .update();
    if (written != 1) {
      throw new UnusableEvent("The job is known under another tenant");
    }
  }

  void state(String jobId, Reservation.State state) {
    jdbc.sql("UPDATE reservation SET state = ? WHERE job_id = ?")
        .params(state.name(), jobId)
        .update();
  }

  /** Open ones whose time and grace are over, of all tenants; for a worker. */
  List<Reservation> lapsed(Duration grace) {
    return jdbc.sql(
            "SELECT * FROM reservation WHERE state = 'OPEN'"
                + " AND expires_at < now() - make_interval(secs => ?) ORDER BY expires_at LIMIT "
                + BATCH)
        .param(grace.toMillis() / 1000.0)
        .query((row, number) -> of(row))
        .list();
  }

  private static Reservation of(ResultSet row) throws SQLException {
    return new Reservation(
        row.getString("job_id"),
        row.getObject("tenant_id", UUID.class),
        row.getObject("project_id", UUID.class),
        row.getString("model"),
        row.getString("protection"),
        Reservation.State.valueOf(row.getString("state")),
        (Integer) row.getObject("price_version"),
        row.getLong("reserved"),
        row.getObject("month", LocalDate.class),
        row.getString("refusal_code"),
        row.getString("refusal_message"),
        instant(row));
  }

  private static Instant instant(ResultSet row) throws SQLException {
    return row.getTimestamp("expires_at").toInstant();
  }
}
