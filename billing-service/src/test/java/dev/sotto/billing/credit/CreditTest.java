package dev.sotto.billing.credit;

import static dev.sotto.billing.testing.Billing.STARTING;
import static dev.sotto.billing.testing.Billing.TOKEN_PRICE;
import static dev.sotto.billing.testing.Billing.asked;
import static dev.sotto.billing.testing.Billing.ended;
import static dev.sotto.billing.testing.Billing.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.billing.journal.Balances;
import dev.sotto.billing.testing.Billing;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.platform.data.Tenancy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CreditTest {
  private final UUID project = UUID.randomUUID();
  private Billing billing;
  private CreditDesk desk;

  @BeforeAll
  void start() {
    billing = new Billing();
    desk = billing.get(CreditDesk.class);
  }

  @AfterAll
  void stop() {
    billing.close();
  }

  @AfterEach
  void theLedgerIsInOrder() {
    assertThat(billing.differences()).isEmpty();
  }

  private void cap(UUID tenant, long micros) {
    billing
        .get(Tenancy.class)
        .inTenant(
            tenant,
            () -> billing.get(Balances.class).cap(tenant, project, OptionalLong.of(micros)));
  }

  @Test
  void aJobIsReservedAndSettledAtWhatItUsed() {
    UUID tenant = UUID.randomUUID();
    String job = job();
    desk.request(asked(tenant, project, job, 100, 50));
    assertThat(billing.sum(tenant, "RESERVED")).isEqualTo(150 * TOKEN_PRICE);
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING - 150 * TOKEN_PRICE);
    desk.end(ended(tenant, project, job, Outcome.COMPLETED, 100, 20));
    assertThat(billing.state(tenant, job)).isEqualTo("SETTLED");
    assertThat(billing.sum(tenant, "RESERVED")).isZero();
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING - 120 * TOKEN_PRICE);
    assertThat(billing.sum(tenant, "OPERATOR_PAYABLE")).isEqualTo(120 * TOKEN_PRICE * 7 / 10);
  }

  @Test
  void whatIsNotOwedIsReleased() {
    UUID tenant = UUID.randomUUID();
    for (Outcome outcome : List.of(Outcome.FAILED, Outcome.EXPIRED, Outcome.REFUSED)) {
      String job = job();
      desk.request(asked(tenant, project, job, 100, 50));
      desk.end(ended(tenant, project, job, outcome, 100, 20));
      assertThat(billing.state(tenant, job)).isEqualTo("RELEASED");
    }
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING);
  }

  @Test
  void everythingMayComeTwice() {
    UUID tenant = UUID.randomUUID();
    String job = job();
    for (int i = 0; i < 3; i++) {
      desk.request(asked(tenant, project, job, 100, 50));
    }
    for (int i = 0; i < 3; i++) {
      desk.end(ended(tenant, project, job, Outcome.CANCELLED, 10, 0));
      desk.end(ended(tenant, project, job, Outcome.FAILED, 10, 0));
      desk.request(asked(tenant, project, job, 100, 50));
    }
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING - 10 * TOKEN_PRICE);
  }

  @Test
  void anEndThatOvertakesItsRequestLeavesNothingReserved() {
    UUID tenant = UUID.randomUUID();
    String job = job();
    desk.end(ended(tenant, project, job, Outcome.CANCELLED, 0, 0));
    desk.request(asked(tenant, project, job, 100, 50));
    assertThat(billing.state(tenant, job)).isEqualTo("ENDED_FIRST");
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING);
  }

  @Test
  void moreTokensThanAskedForCostWhatWasReserved() {
    UUID tenant = UUID.randomUUID();
    String job = job();
    desk.request(asked(tenant, project, job, 10, 10));
    desk.end(ended(tenant, project, job, Outcome.COMPLETED, 10, 11));
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING - 20 * TOKEN_PRICE);
  }

  @Test
  void anUnknownModelIsRefused() {
    UUID tenant = UUID.randomUUID();
    String job = job();
    desk.request(new CreditRequested(job, tenant, project, "other", Protection.PASSIVE, 1, 1, 1));
    assertThat(billing.state(tenant, job)).isEqualTo("REFUSED");
    String compared = job();
    desk.request(
        new CreditRequested(compared, tenant, project, "made-up", Protection.COMPARED, 1, 1, 1));
    assertThat(billing.state(tenant, compared)).isEqualTo("REFUSED");
  }

  @Test
  void anothersJobIsOutOfReach() {
    UUID ann = UUID.randomUUID();
    UUID bob = UUID.randomUUID();
    String job = job();
    desk.request(asked(ann, project, job, 100, 50));
    assertThatThrownBy(() -> desk.end(ended(bob, project, job, Outcome.COMPLETED, 1, 1)))
        .hasMessageContaining("another tenant");
    assertThat(billing.state(ann, job)).isEqualTo("OPEN");
  }

  @Test
  void aThousandAtOnceNeverExceedACap() throws Exception {
    UUID tenant = UUID.randomUUID();
    long cap = 20_000; // of 1,000,000 that the tenant has: 100 jobs of 20 tokens
    cap(tenant, cap);
    List<Future<?>> asked = new ArrayList<>();
    List<String> jobs = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (int i = 0; i < 1000; i++) {
        String job = job();
        jobs.add(job);
        asked.add(threads.submit(() -> desk.request(asked(tenant, project, job, 10, 10))));
      }
      for (Future<?> one : asked) {
        one.get(300, TimeUnit.SECONDS);
      }
    }
    assertThat(billing.sum(tenant, "RESERVED")).isEqualTo(cap);
    long open = jobs.stream().filter(job -> billing.state(tenant, job).equals("OPEN")).count();
    assertThat(open).isEqualTo(cap / (20 * TOKEN_PRICE));
    assertThat(jobs).filteredOn(job -> billing.state(tenant, job).equals("REFUSED")).hasSize(900);
  }

  @Test
  void aTenantNeverReservesMoreThanItHas() throws Exception {
    UUID tenant = UUID.randomUUID();
    List<Future<?>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 40; i++) { // each in a project of its own, without a cap
        asked.add(
            threads.submit(
                () -> desk.request(asked(tenant, UUID.randomUUID(), job(), 5000, 5000))));
      }
      for (Future<?> one : asked) {
        one.get(300, TimeUnit.SECONDS);
      }
    }
    assertThat(billing.sum(tenant, "RESERVED")).isEqualTo(STARTING); // ten of them
    assertThat(billing.sum(tenant, "CREDIT")).isZero();
  }

  @Test
  void whatLapsesIsGivenBackAndALateEndCostsNothing() {
    UUID tenant = UUID.randomUUID();
    String lapsing = job();
    String lasting = job();
    desk.request(
        new CreditRequested(lapsing, tenant, project, "made-up", Protection.PASSIVE, 10, 10, 0));
    desk.request(asked(tenant, project, lasting, 10, 10));
    desk.expire(Duration.ofHours(1));
    assertThat(billing.state(tenant, lapsing)).isEqualTo("OPEN"); // within the grace
    desk.expire(Duration.ZERO);
    desk.expire(Duration.ZERO);
    assertThat(billing.state(tenant, lapsing)).isEqualTo("EXPIRED");
    assertThat(billing.state(tenant, lasting)).isEqualTo("OPEN");
    desk.end(ended(tenant, project, lapsing, Outcome.COMPLETED, 10, 10));
    assertThat(billing.sum(tenant, "RESERVED")).isEqualTo(20 * TOKEN_PRICE);
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING - 20 * TOKEN_PRICE);
  }

  @Test
  void aSettlementIsCorrectedByReversal() {
    UUID tenant = UUID.randomUUID();
    String job = job();
    Corrections corrections = billing.get(Corrections.class);
    desk.request(asked(tenant, project, job, 100, 50));
    desk.end(ended(tenant, project, job, Outcome.COMPLETED, 100, 50));
    assertThat(corrections.correct(tenant, job, 100, 10)).isEqualTo(110 * TOKEN_PRICE);
    assertThat(corrections.correct(tenant, job, 0, 0)).isZero();
    assertThat(corrections.correct(tenant, job, 100, 30)).isEqualTo(130 * TOKEN_PRICE);
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING - 130 * TOKEN_PRICE);
    assertThat(billing.sum(tenant, "RESERVED")).isZero();
    assertThat(billing.sum(tenant, "REVENUE")).isEqualTo(130 * TOKEN_PRICE * 3 / 10);
    assertThatThrownBy(() -> corrections.correct(tenant, job, 100, 51))
        .isInstanceOf(NotPossible.class);
    assertThatThrownBy(() -> corrections.correct(UUID.randomUUID(), job, 1, 1))
        .isInstanceOf(NotPossible.class);
  }

  @Test
  void aGrantIsGivenOnceAndTakenBackOnce() {
    UUID tenant = UUID.randomUUID();
    Corrections corrections = billing.get(Corrections.class);
    assertThat(corrections.grant(tenant, 500, "gift-1")).isTrue();
    assertThat(corrections.grant(tenant, 500, "gift-1")).isFalse();
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING + 500);
    assertThat(corrections.takeBack(tenant, "gift-1")).isTrue();
    assertThat(corrections.takeBack(tenant, "gift-1")).isFalse();
    assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING);
    corrections.grant(tenant, 500, "gift-2");
    desk.request(asked(tenant, project, job(), 50_000, 50_000)); // all but 500
    desk.request(asked(tenant, project, job(), 10, 10));
    assertThatThrownBy(() -> corrections.takeBack(tenant, "gift-2"))
        .isInstanceOf(NotPossible.class)
        .hasMessageContaining("used already");
  }
}
