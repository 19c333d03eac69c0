package dev.sotto.platform.data;

import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions that name their tenant, or declare that they work for all. Without either, tables
 * with a tenant in them show no row. Within a transaction that is already running they join it, and
 * its former scope is back when they return.
 */
public final class Tenancy {
  private final TransactionTemplate transactions;
  private final JdbcClient jdbc;

  /** Over one database. */
  public Tenancy(TransactionTemplate transactions, JdbcClient jdbc) {
    this.transactions = transactions;
    this.jdbc = jdbc;
  }

  /** Runs work in a transaction that sees one tenant's rows. */
  public <T> T inTenant(UUID tenant, Supplier<T> work) {
    return scoped(new Scope(tenant.toString(), ""), work);
  }

  /** Runs work in a transaction that sees one tenant's rows. */
  public void inTenant(UUID tenant, Runnable work) {
    inTenant(tenant, () -> done(work));
  }

  /** Runs work in a transaction that has what the policies for workers give it. */
  public <T> T asWorker(Supplier<T> work) {
    return scoped(new Scope("", "on"), work);
  }

  /** Runs work in a transaction that has what the policies for workers give it. */
  public void asWorker(Runnable work) {
    asWorker(() -> done(work));
  }

  private static boolean done(Runnable work) {
    work.run();
    return true;
  }

  /** What went wrong first is thrown, and not that it could not be rolled back besides. */
  private <T> T scoped(Scope scope, Supplier<T> work) {
    try {
      return transacted(scope, work);
    } catch (TransactionSystemException e) {
      if (e.getApplicationException() instanceof RuntimeException first) {
        first.addSuppressed(e);
        throw first;
      }
      throw e;
    }
  }

  private <T> T transacted(Scope scope, Supplier<T> work) {
    return transactions.execute(
        status -> {
          Scope former = enter(scope);
          T result = work.get();
          // After an exception the transaction can only roll back, which restores the scope too.
          set(former);
          return result;
        });
  }

  private Scope enter(Scope scope) {
    Scope former =
        jdbc.sql(
                "SELECT coalesce(current_setting('sotto.tenant', true), '') AS tenant,"
                    + " coalesce(current_setting('sotto.worker', true), '') AS worker")
            .query((row, number) -> new Scope(row.getString("tenant"), row.getString("worker")))
            .single();
    set(scope);
    return former;
  }

  private void set(Scope scope) {
    jdbc.sql("SELECT set_config('sotto.tenant', ?, true), set_config('sotto.worker', ?, true)")
        .param(scope.tenant())
        .param(scope.worker())
        .query((row, number) -> 1)
        .single();
  }

  private record Scope(String tenant, String worker) {}
}
