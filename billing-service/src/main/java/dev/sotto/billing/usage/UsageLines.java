package dev.sotto.billing.usage;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Lines of usage in the database. Callers have named the tenant. */
public final class UsageLines {
  private final JdbcClient jdbc;
  private final String currency;

  /** Over one database, in one currency. */
  public UsageLines(JdbcClient jdbc, String currency) {
    this.jdbc = jdbc;
    this.currency = currency;
  }

  /** Adds a line; the caller holds the lock on the tenant's account. */
  public void add(UsageLine line) {
    jdbc.sql(
            "INSERT INTO usage_line (tenant_id, project_id, key_id, job_id, part, model, protection,"
                + " price_version, requests, prompt_tokens, completion_tokens, cost, currency)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            line.tenantId(),
            line.projectId(),
            line.keyId(),
            line.jobId(),
            line.part(),
            line.model(),
            line.protection(),
            line.priceVersion(),
            line.requests(),
            line.promptTokens(),
            line.completionTokens(),
            line.cost(),
            currency)
        .update();
  }

  /** The lines of a job, in order. */
  public List<UsageLine> of(String jobId) {
    return jdbc.sql("SELECT * FROM usage_line WHERE job_id = ? ORDER BY part")
        .param(jobId)
        .query(
            (row, number) ->
                new UsageLine(
                    row.getObject("tenant_id", UUID.class),
                    row.getObject("project_id", UUID.class),
                    row.getObject("key_id", UUID.class),
                    row.getString("job_id"),
                    row.getInt("part"),
                    row.getString("model"),
                    row.getString("protection"),
                    row.getInt("price_version"),
                    row.getInt("requests"),
                    row.getLong("prompt_tokens"),
                    row.getLong("completion_tokens"),
                    row.getLong("cost")))
        .list();
  }
}
