package dev.sotto.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.billing.journal.Balances;
import dev.sotto.billing.testing.Billing;
import dev.sotto.platform.data.Tenancy;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What the database itself refuses, whatever a program tries. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LedgerTablesTest {
  private final UUID tenant = UUID.randomUUID();
  private Billing billing;
  private Tenancy tenancy;
  private JdbcClient jdbc;

  @BeforeAll
  void start() {
    billing = new Billing();
    tenancy = billing.get(Tenancy.class);
    jdbc = billing.jdbc();
    tenancy.inTenant(tenant, () -> billing.get(Balances.class).lock(tenant)); // its first grant
  }

  @AfterAll
  void stop() {
    billing.close();
  }

  private void write(long... amounts) {
    tenancy.inTenant(
        tenant,
        () -> {
          UUID id = UUID.randomUUID();
          jdbc.sql(
                  "INSERT INTO ledger_transaction (id, tenant_id, template, cause, currency)"
                      + " VALUES (?, ?, 'GRANT', ?, 'USD')")
              .params(id, tenant, "grant:" + id)
              .update();
          for (int i = 0; i < amounts.length; i++) {
            jdbc.sql("INSERT INTO ledger_entry VALUES (?, ?, ?, NULL, 'CREDIT', ?)")
                .params(id, i, tenant, amounts[i])
                .update();
          }
        });
  }

  @Test
  void onlyWhatBalancesIsCommitted() {
    write(5, -5);
    write(5, -2, -3);
    for (long[] wrong :
        List.of(new long[] {5, -4}, new long[] {5}, new long[] {}, new long[] {1, 1})) {
      assertThatThrownBy(() -> write(wrong)).hasStackTraceContaining("does not balance");
    }
    assertThatThrownBy(() -> write(0, 0)).isInstanceOf(DataAccessException.class);
  }

  @Test
  void anEntryCannotBeAddedLater() {
    UUID id =
        tenancy.inTenant(
            tenant,
            () ->
                jdbc.sql("SELECT id FROM ledger_transaction WHERE cause = 'grant:starting'")
                    .query(UUID.class)
                    .single());
    assertThatThrownBy(
            () ->
                tenancy.inTenant(
                    tenant,
                    () ->
                        jdbc.sql("INSERT INTO ledger_entry VALUES (?, 9, ?, NULL, 'CREDIT', 1)")
                            .params(id, tenant)
                            .update()))
        .hasStackTraceContaining("does not balance");
  }

  @Test
  void nobodyChangesWhatIsWritten() {
    for (String table : List.of("ledger_transaction", "ledger_entry", "usage_line", "price")) {
      for (String attempt :
          List.of(
              "DELETE FROM " + table,
              "TRUNCATE " + table + " CASCADE",
              "UPDATE " + table + " SET " + column(table) + " = " + column(table))) {
        assertThatThrownBy(() -> tenancy.inTenant(tenant, () -> jdbc.sql(attempt).update()))
            .as(attempt)
            .hasStackTraceContaining("permission denied");
        JdbcClient owner = billing.owner();
        assertThatThrownBy(() -> owner.sql(attempt).update())
            .as("as owner: " + attempt)
            .hasStackTraceContaining("append-only");
      }
    }
  }

  private static String column(String table) {
    return table.equals("price") ? "model" : "tenant_id";
  }

  @Test
  void oneCauseIsPostedOnce() {
    assertThatThrownBy(
            () ->
                tenancy.inTenant(
                    tenant,
                    () ->
                        jdbc.sql(
                                "INSERT INTO ledger_transaction (id, tenant_id, template, cause,"
                                    + " currency) VALUES (gen_random_uuid(), ?, 'GRANT',"
                                    + " 'grant:starting', 'USD')")
                            .param(tenant)
                            .update()))
        .hasStackTraceContaining("ledger_transaction_tenant_id_cause_key");
  }

  @Test
  void everyTableWithATenantIsClosed() {
    List<String> open =
        billing
            .owner()
            .sql(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                    + " WHERE c.relnamespace = 'billing'::regnamespace AND c.relkind = 'r'"
                    + " AND a.attname = 'tenant_id'"
                    + " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)")
            .query(String.class)
            .list();
    assertThat(open).isEmpty();
    for (String table :
        List.of(
            "ledger_transaction",
            "ledger_entry",
            "tenant_account",
            "project_cap",
            "project_month",
            "reservation",
            "usage_line",
            "invoice",
            "invoice_line")) {
      assertThat(jdbc.sql("SELECT count(*) FROM " + table).query(Integer.class).single())
          .as(table)
          .isZero();
      Integer seen =
          tenancy.inTenant(
              UUID.randomUUID(),
              () -> jdbc.sql("SELECT count(*) FROM " + table).query(Integer.class).single());
      assertThat(seen).as(table).isZero();
    }
  }

  @Test
  void theAuditSeesADifference() {
    assertThat(billing.differences()).isEmpty();
    TransactionTemplate transaction =
        new TransactionTemplate(billing.get(DataSourceTransactionManager.class));
    transaction.executeWithoutResult(
        status -> {
          tenancy.inTenant(
              tenant,
              () -> jdbc.sql("UPDATE tenant_account SET available = available + 1").update());
          assertThat(billing.differences()).hasSize(1);
          status.setRollbackOnly();
        });
    assertThat(billing.differences()).isEmpty();
  }
}
