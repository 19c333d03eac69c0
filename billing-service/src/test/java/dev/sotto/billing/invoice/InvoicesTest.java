package dev.sotto.billing.invoice;

import static dev.sotto.billing.testing.Billing.TOKEN_PRICE;
import static dev.sotto.billing.testing.Billing.asked;
import static dev.sotto.billing.testing.Billing.ended;
import static dev.sotto.billing.testing.Billing.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.billing.credit.CreditDesk;
import dev.sotto.billing.credit.NotPossible;
import dev.sotto.billing.invoice.Invoice.State;
import dev.sotto.billing.testing.Billing;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.platform.data.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvoicesTest {
  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

  private Billing billing;
  private Invoices invoices;

  @BeforeAll
  void start() {
    billing = new Billing();
    invoices = billing.get(Invoices.class);
  }

  @AfterAll
  void stop() {
    billing.close();
  }

  private static Instant day(int n) {
    return LONG_AGO.plus(Duration.ofDays(n));
  }

  private Instant databaseNow() {
    return billing
        .jdbc()
        .sql("SELECT clock_timestamp()")
        .query(java.sql.Timestamp.class)
        .single()
        .toInstant();
  }

  @Test
  void aPeriodsUsageBecomesAnInvoiceThatStays() {
    UUID tenant = UUID.randomUUID();
    UUID project = UUID.randomUUID();
    CreditDesk desk = billing.get(CreditDesk.class);
    for (int i = 0; i < 3; i++) {
      String job = job();
      desk.request(asked(tenant, project, job, 10, 10));
      desk.end(ended(tenant, project, job, Outcome.COMPLETED, 10, 5));
    }
    Instant end = databaseNow();
    Invoice draft = invoices.draft(tenant, day(0), end);
    assertThat(draft.state()).isEqualTo(State.DRAFT);
    assertThat(draft.number()).isNull();
    assertThat(draft.total()).isEqualTo(45 * TOKEN_PRICE);
    assertThat(draft.lines())
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.priceVersion()).isPositive();
              assertThat(line.promptTokens()).isEqualTo(30);
              assertThat(line.completionTokens()).isEqualTo(15);
            });
    assertThat(invoices.draft(tenant, day(0), end).id()).isEqualTo(draft.id()); // drawn up again
    Invoice numbered = invoices.finalizeDraft(tenant, draft.id());
    assertThat(numbered.number()).isEqualTo(1);
    assertThat(invoices.close(tenant, draft.id(), State.PAID).state()).isEqualTo(State.PAID);
    for (String attempt :
        List.of(
            "UPDATE invoice SET total = 0 WHERE id = ?",
            "UPDATE invoice SET state = 'FINALIZED' WHERE id = ?",
            "UPDATE invoice_line SET amount = 0 WHERE invoice_id = ?",
            "DELETE FROM invoice_line WHERE invoice_id = ?")) {
      assertThatThrownBy(
              () ->
                  billing
                      .get(Tenancy.class)
                      .inTenant(
                          tenant, () -> billing.jdbc().sql(attempt).param(draft.id()).update()))
          .as(attempt)
          .hasStackTraceContaining("does not change");
    }
  }

  @Test
  void statesFollowTheirEdgesOnly() {
    for (State from : State.values()) {
      for (State to : State.values()) {
        boolean edge =
            (from == State.DRAFT && to == State.FINALIZED)
                || (from == State.FINALIZED
                    && List.of(State.PAID, State.VOID, State.UNCOLLECTIBLE).contains(to));
        assertThat(from.mayBecome(to)).as(from + " to " + to).isEqualTo(edge);
      }
    }
    UUID tenant = UUID.randomUUID();
    Invoice draft = invoices.draft(tenant, day(0), day(1));
    assertThatThrownBy(() -> invoices.close(tenant, draft.id(), State.PAID))
        .isInstanceOf(NotPossible.class);
    invoices.finalizeDraft(tenant, draft.id());
    assertThatThrownBy(() -> invoices.finalizeDraft(tenant, draft.id()))
        .isInstanceOf(NotPossible.class);
    invoices.close(tenant, draft.id(), State.UNCOLLECTIBLE);
    assertThatThrownBy(() -> invoices.close(tenant, draft.id(), State.PAID))
        .isInstanceOf(NotPossible.class);
  }

  @Test
  void aPeriodIsInvoicedOnceUnlessThatIsVoid() {
    UUID tenant = UUID.randomUUID();
    Invoice first = invoices.draft(tenant, day(0), day(10));
    for (int[] span : List.of(new int[] {5, 15}, new int[] {-5, 1}, new int[] {2, 3})) {
      assertThatThrownBy(() -> invoices.draft(tenant, day(span[0]), day(span[1])))
          .isInstanceOf(NotPossible.class);
    }
    invoices.finalizeDraft(tenant, first.id());
    assertThatThrownBy(() -> invoices.draft(tenant, day(0), day(10)))
        .isInstanceOf(NotPossible.class);
    invoices.close(tenant, first.id(), State.VOID);
    assertThat(invoices.draft(tenant, day(0), day(10)).id()).isNotEqualTo(first.id());
    invoices.draft(tenant, day(10), day(11));
    assertThatThrownBy(
            () -> invoices.draft(tenant, day(20), databaseNow().plus(Duration.ofDays(1))))
        .hasMessageContaining("when it is over");
  }

  @Test
  void numbersHaveNoGapsThoughManyFinalizeAndSomeFail() throws Exception {
    UUID tenant = UUID.randomUUID();
    List<UUID> drafts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      drafts.add(invoices.draft(tenant, day(i), day(i + 1)).id());
    }
    TransactionTemplate transactions =
        new TransactionTemplate(billing.get(PlatformTransactionManager.class));
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (UUID id : drafts) {
        all.add(
            threads.submit(
                () -> {
                  transactions.executeWithoutResult(
                      status -> {
                        invoices.finalizeDraft(tenant, id);
                        status.setRollbackOnly(); // a crash after all of its work
                      });
                  invoices.finalizeDraft(tenant, id);
                }));
      }
      for (Future<?> one : all) {
        one.get(120, TimeUnit.SECONDS);
      }
    }
    assertThat(invoices.latest(tenant, 100).stream().map(Invoice::number))
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 40).boxed().toList());
  }

  @Test
  void anothersInvoiceIsOutOfReach() {
    UUID ann = UUID.randomUUID();
    UUID bob = UUID.randomUUID();
    Invoice draft = invoices.draft(ann, day(0), day(1));
    assertThatThrownBy(() -> invoices.get(bob, draft.id())).isInstanceOf(NotPossible.class);
    assertThatThrownBy(() -> invoices.finalizeDraft(bob, draft.id()))
        .isInstanceOf(NotPossible.class);
    assertThat(invoices.latest(bob, 10)).isEmpty();
    invoices.finalizeDraft(ann, draft.id());
    Invoice bobs = invoices.draft(bob, day(0), day(1));
    assertThat(invoices.finalizeDraft(bob, bobs.id()).number())
        .isEqualTo(1); // numbers are a tenant's
  }
}
