package dev.sotto.billing.invoice;

import dev.sotto.billing.credit.NotPossible;
import dev.sotto.billing.invoice.Invoice.Line;
import dev.sotto.billing.invoice.Invoice.State;
import dev.sotto.billing.journal.Balances;
import dev.sotto.platform.data.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Draws up invoices and moves them along. All under the lock of the tenant's account, where usage
 * is written too: so a period that is over stays as it was invoiced, and numbers have no gaps.
 */
public final class Invoices {
  private final Tenancy tenancy;
  private final Balances balances;
  private final JdbcClient jdbc;
  private final String currency;

  Invoices(Tenancy tenancy, Balances balances, JdbcClient jdbc, String currency) {
    this.tenancy = tenancy;
    this.balances = balances;
    this.jdbc = jdbc;
    this.currency = currency;
  }

  /**
   * Draws up a draft over a period, or draws the one over this period up again. NotPossible for a
   * period that is not over, or that another invoice covers in part.
   */
  public Invoice draft(UUID tenant, Instant from, Instant to) {
    return locked(
        tenant,
        () -> {
          if (!from.isBefore(to)) {
            throw new NotPossible("to", "A period ends after it begins");
          }
          if (to.isAfter(databaseNow())) {
            throw new NotPossible("to", "A period is invoiced when it is over");
          }
          Optional<UUID> again = sameDraft(tenant, from, to);
          if (again.isEmpty() && overlapping(tenant, from, to) > 0) {
            throw new NotPossible("from", "Another invoice covers a part of this period");
          }
          UUID id = again.orElseGet(() -> insert(tenant, from, to));
          fill(tenant, id, from, to);
          return find(tenant, id);
        });
  }

  /** Numbers a draft; NotPossible when it is none. */
  public Invoice finalizeDraft(UUID tenant, UUID id) {
    return locked(
        tenant,
        () -> {
          move(tenant, id, State.FINALIZED);
          long number =
              jdbc.sql(
                      "INSERT INTO invoice_counter VALUES (?, 1) ON CONFLICT (tenant_id)"
                          + " DO UPDATE SET last = invoice_counter.last + 1 RETURNING last")
                  .param(tenant)
                  .query(Long.class)
                  .single();
          jdbc.sql("UPDATE invoice SET state = 'FINALIZED', number = ? WHERE id = ?")
              .params(number, id)
              .update();
          return find(tenant, id);
        });
  }

  /** Closes a finalized invoice: PAID, VOID or UNCOLLECTIBLE; NotPossible when it is not one. */
  public Invoice close(UUID tenant, UUID id, State as) {
    return locked(
        tenant,
        () -> {
          if (as == State.FINALIZED || as == State.DRAFT) {
            throw new NotPossible("state", "An invoice is closed as PAID, VOID or UNCOLLECTIBLE");
          }
          move(tenant, id, as);
          jdbc.sql("UPDATE invoice SET state = ? WHERE id = ?").params(as.name(), id).update();
          return find(tenant, id);
        });
  }

  /** A tenant's invoice; NotPossible when it has none of this id. */
  public Invoice get(UUID tenant, UUID id) {
    return tenancy.inTenant(tenant, () -> find(tenant, id));
  }

  /** A tenant's latest invoices. */
  public List<Invoice> latest(UUID tenant, int most) {
    return tenancy.inTenant(
        tenant,
        () ->
            jdbc
                .sql(
                    "SELECT id FROM invoice WHERE tenant_id = ? ORDER BY period_start DESC, id LIMIT ?")
                .params(tenant, most)
                .query(UUID.class)
                .list()
                .stream()
                .map(id -> find(tenant, id))
                .toList());
  }

  private <T> T locked(UUID tenant, Supplier<T> work) {
    return tenancy.inTenant(
        tenant,
        () -> {
          balances.lock(tenant);
          return work.get();
        });
  }

  private void move(UUID tenant, UUID id, State next) {
    State now = find(tenant, id).state();
    if (!now.mayBecome(next)) {
      throw new NotPossible("state", "An invoice that is " + now + " does not become " + next);
    }
  }

  private Instant databaseNow() {
    return jdbc.sql("SELECT clock_timestamp()").query(Timestamp.class).single().toInstant();
  }

  private Optional<UUID> sameDraft(UUID tenant, Instant from, Instant to) {
    return jdbc.sql(
            "SELECT id FROM invoice WHERE tenant_id = ? AND state = 'DRAFT'"
                + " AND period_start = ? AND period_end = ?")
        .params(tenant, Timestamp.from(from), Timestamp.from(to))
        .query(UUID.class)
        .optional();
  }

  private int overlapping(UUID tenant, Instant from, Instant to) {
    return jdbc.sql(
            "SELECT count(*) FROM invoice WHERE tenant_id = ? AND state <> 'VOID'"
                + " AND period_start < ? AND period_end > ?")
        .params(tenant, Timestamp.from(to), Timestamp.from(from))
        .query(Integer.class)
        .single();
  }

  private UUID insert(UUID tenant, Instant from, Instant to) {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            "INSERT INTO invoice (id, tenant_id, state, currency, period_start, period_end, total)"
                + " VALUES (?, ?, 'DRAFT', ?, ?, ?, 0)")
        .params(id, tenant, currency, Timestamp.from(from), Timestamp.from(to))
        .update();
    return id;
  }

  private void fill(UUID tenant, UUID id, Instant from, Instant to) {
    jdbc.sql("DELETE FROM invoice_line WHERE invoice_id = ?").param(id).update();
    jdbc.sql(
            "INSERT INTO invoice_line"
                + " SELECT ?, row_number() OVER (ORDER BY project_id, model, protection, price_version),"
                + " tenant_id, project_id, model, protection, price_version, sum(prompt_tokens),"
                + " sum(completion_tokens), sum(cost) FROM usage_line"
                + " WHERE tenant_id = ? AND used_at >= ? AND used_at < ?"
                + " GROUP BY tenant_id, project_id, model, protection, price_version")
        .params(id, tenant, Timestamp.from(from), Timestamp.from(to))
        .update();
    jdbc.sql(
            "UPDATE invoice SET total = (SELECT coalesce(sum(amount), 0) FROM invoice_line"
                + " WHERE invoice_id = ?) WHERE id = ?")
        .params(id, id)
        .update();
  }

  private Invoice find(UUID tenant, UUID id) {
    List<Line> lines =
        jdbc.sql("SELECT * FROM invoice_line WHERE tenant_id = ? AND invoice_id = ? ORDER BY line")
            .params(tenant, id)
            .query((row, number) -> line(row))
            .list();
    return jdbc.sql("SELECT * FROM invoice WHERE tenant_id = ? AND id = ?")
        .params(tenant, id)
        .query((row, number) -> invoice(row, lines))
        .optional()
        .orElseThrow(() -> new NotPossible("id", "There is no such invoice"));
  }

  private static Line line(ResultSet row) throws SQLException {
    return new Line(
        row.getObject("project_id", UUID.class),
        row.getString("model"),
        row.getString("protection"),
        row.getInt("price_version"),
        row.getLong("prompt_tokens"),
        row.getLong("completion_tokens"),
        row.getLong("amount"));
  }

  private static Invoice invoice(ResultSet row, List<Line> lines) throws SQLException {
    return new Invoice(
        row.getObject("id", UUID.class),
        row.getObject("tenant_id", UUID.class),
        State.valueOf(row.getString("state")),
        (Long) row.getObject("number"),
        row.getString("currency"),
        row.getTimestamp("period_start").toInstant(),
        row.getTimestamp("period_end").toInstant(),
        row.getLong("total"),
        lines);
  }
}
