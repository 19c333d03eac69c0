package dev.sotto.verification.receipt;

import dev.sotto.contracts.receipt.SignedReceipt;
import dev.sotto.contracts.receipt.Verdict;
import dev.sotto.platform.data.Tenancy;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code receipt}: append-only, a tenant's rows for that tenant. */
public final class Receipts {
  private final JdbcClient jdbc;
  private final Tenancy tenancy;

  Receipts(JdbcClient jdbc, Tenancy tenancy) {
    this.jdbc = jdbc;
    this.tenancy = tenancy;
  }

  /** Whether it is the job's first; a later one is not kept. */
  boolean add(String job, UUID tenant, Verdict verdict, SignedReceipt signed) {
    return tenancy.inTenant(
        tenant,
        () ->
            jdbc.sql(
                        "INSERT INTO receipt (job_id, tenant_id, verdict, digest, signed)"
                            + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
                    .param(job)
                    .param(tenant)
                    .param(verdict.label())
                    .param(signed.digest())
                    .param(signed.encode())
                    .update()
                == 1);
  }

  /** A tenant's receipt of a job, as its file's bytes. */
  public Optional<byte[]> find(String job, UUID tenant) {
    return tenancy.inTenant(
        tenant,
        () ->
            jdbc.sql("SELECT signed FROM receipt WHERE job_id = ?")
                .param(job)
                .query((row, number) -> row.getBytes("signed"))
                .optional());
  }
}
