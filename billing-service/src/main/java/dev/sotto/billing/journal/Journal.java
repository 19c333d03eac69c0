package dev.sotto.billing.journal;

import dev.sotto.billing.ledger.Account;
import dev.sotto.billing.ledger.Entry;
import dev.sotto.billing.ledger.Posting;
import dev.sotto.billing.ledger.Template;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes transactions to the ledger. Callers have named the tenant and hold its account's lock. */
public final class Journal {
  private final JdbcClient jdbc;
  private final String currency;

  /** Over one database, in one currency. */
  public Journal(JdbcClient jdbc, String currency) {
    this.jdbc = jdbc;
    this.currency = currency;
  }

  /**
   * What a transaction is about.
   *
   * @param tenant whose it is
   * @param project a division of the tenant, if it is about one
   * @param cause unique in the tenant
   * @param jobId the job that it is about, if any
   * @param priceVersion the price book's version that it was reckoned with, if any
   * @param reverses the transaction that it undoes, if any
   */
  public record About(
      UUID tenant,
      @Nullable UUID project,
      String cause,
      @Nullable String jobId,
      @Nullable Integer priceVersion,
      @Nullable UUID reverses) {}

  /**
   * Writes a posting, unless its cause has been posted before or nothing moves.
   *
   * @return whether it was written
   */
  public boolean post(About about, Posting posting) {
    if (posting.entries().isEmpty()) {
      return false;
    }
    UUID id = UUID.randomUUID();
    int written =
        jdbc.sql(
                "INSERT INTO ledger_transaction"
                    + " (id, tenant_id, template, cause, currency, job_id, price_version, reverses)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, cause) DO NOTHING")
            .param(id)
            .param(about.tenant())
            .param(posting.template().name())
            .param(about.cause())
            .param(currency)
            .param(about.jobId())
            .param(about.priceVersion())
            .param(about.reverses())
            .update();
    if (written == 0) {
      return false;
    }
    int line = 0;
    for (Entry entry : posting.entries()) {
      jdbc.sql("INSERT INTO ledger_entry VALUES (?, ?, ?, ?, ?, ?)")
          .param(id)
          .param(++line)
          .param(about.tenant())
          .param(about.project())
          .param(entry.account().name())
          .param(entry.amount())
          .update();
    }
    return true;
  }

  /** The transaction that a cause has led to. */
  public Optional<Posted> posted(UUID tenant, String cause) {
    return jdbc.sql(
            "SELECT id, template, job_id FROM ledger_transaction WHERE tenant_id = ? AND cause = ?")
        .params(tenant, cause)
        .query(
            (row, number) ->
                new Posted(
                    row.getObject("id", UUID.class),
                    row.getString("job_id"),
                    new Posting(
                        Template.valueOf(row.getString("template")),
                        entries(row.getObject("id", UUID.class)))))
        .optional();
  }

  private List<Entry> entries(UUID transaction) {
    return jdbc.sql(
            "SELECT account, amount FROM ledger_entry WHERE transaction_id = ? ORDER BY line")
        .param(transaction)
        .query(
            (row, number) ->
                new Entry(Account.valueOf(row.getString("account")), row.getLong("amount")))
        .list();
  }
}
