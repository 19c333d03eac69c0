package dev.sotto.billing.journal;

import dev.sotto.billing.ledger.Account;
import dev.sotto.billing.ledger.Posting;
import java.time.LocalDate;
import java.util.OptionalLong;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What tenants and projects have, kept beside the ledger so that it can be locked. Callers have
 * named the tenant. Whoever changes anything of a tenant locks its account first, so nobody waits
 * in a circle.
 */
public final class Balances {
  private final JdbcClient jdbc;
  private final Journal journal;
  private final String currency;
  private final long startingCredit;

  /** With what a tenant has when it is first seen, in micro-units. */
  public Balances(JdbcClient jdbc, Journal journal, String currency, long startingCredit) {
    this.jdbc = jdbc;
    this.journal = journal;
    this.currency = currency;
    this.startingCredit = startingCredit;
  }

  /**
   * Locks a tenant's account until the transaction ends; opens it, with its starting credit, when
   * the tenant is new.
   *
   * @return what the tenant may still use, in micro-units
   */
  public long lock(UUID tenant) {
    int opened =
        jdbc.sql(
                "INSERT INTO tenant_account (tenant_id, currency) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .params(tenant, currency)
            .update();
    if (opened == 1) {
      Posting grant = Posting.grant(startingCredit);
      journal.post(new Journal.About(tenant, null, "grant:starting", null, null, null), grant);
      apply(tenant, grant);
    }
    return jdbc.sql("SELECT available FROM tenant_account WHERE tenant_id = ? FOR UPDATE")
        .param(tenant)
        .query(Long.class)
        .single();
  }

  /** What a project may reserve and spend in a month, in micro-units; empty for no cap. */
  public OptionalLong cap(UUID tenant, UUID project) {
    return jdbc.sql("SELECT monthly_micros FROM project_cap WHERE tenant_id = ? AND project_id = ?")
        .params(tenant, project)
        .query(Long.class)
        .optional()
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /** Sets a project's cap, or lifts it. It holds for what is reserved from now on. */
  public void cap(UUID tenant, UUID project, OptionalLong monthlyMicros) {
    if (monthlyMicros.isEmpty()) {
      jdbc.sql("DELETE FROM project_cap WHERE tenant_id = ? AND project_id = ?")
          .params(tenant, project)
          .update();
      return;
    }
    jdbc.sql(
            "INSERT INTO project_cap VALUES (?, ?, ?) ON CONFLICT (tenant_id, project_id)"
                + " DO UPDATE SET monthly_micros = excluded.monthly_micros")
        .params(tenant, project, monthlyMicros.getAsLong())
        .update();
  }

  /** What a project has reserved and spent in a month, in micro-units. */
  public long used(UUID tenant, UUID project, LocalDate month) {
    return jdbc.sql(
            "SELECT reserved + spent FROM project_month"
                + " WHERE tenant_id = ? AND project_id = ? AND month = ?")
        .params(tenant, project, month)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** Brings the account to what a posting makes of it. */
  public void apply(UUID tenant, Posting... postings) {
    jdbc.sql(
            "UPDATE tenant_account SET available = available + ?, reserved = reserved + ?"
                + " WHERE tenant_id = ?")
        .params(sum(Account.CREDIT, postings), sum(Account.RESERVED, postings), tenant)
        .update();
  }

  /** The same for the month that a job counts for. */
  public void apply(UUID tenant, UUID project, LocalDate month, Posting... postings) {
    apply(tenant, postings);
    long spent = sum(Account.REVENUE, postings) + sum(Account.OPERATOR_PAYABLE, postings);
    long reserved = sum(Account.RESERVED, postings);
    jdbc.sql(
            "INSERT INTO project_month (tenant_id, project_id, month) VALUES (?, ?, ?)"
                + " ON CONFLICT DO NOTHING")
        .params(tenant, project, month)
        .update();
    jdbc.sql(
            "UPDATE project_month SET reserved = reserved + ?, spent = spent + ?"
                + " WHERE tenant_id = ? AND project_id = ? AND month = ?")
        .params(reserved, spent, tenant, project, month)
        .update();
  }

  private static long sum(Account account, Posting... postings) {
    long sum = 0;
    for (Posting posting : postings) {
      sum = Math.addExact(sum, posting.on(account));
    }
    return sum;
  }
}
