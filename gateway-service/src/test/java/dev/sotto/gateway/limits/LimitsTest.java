package dev.sotto.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.client.platform.JobRefused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private final Limits limits = new Limits();
  private final UUID key = UUID.randomUUID();

  @Test
  void requestsRunOut() {
    KeyLimits two = new KeyLimits(2, 1000, 10);
    limits.request(key, two);
    limits.request(key, two);
    assertThatThrownBy(() -> limits.request(key, two))
        .isInstanceOfSatisfying(
            JobRefused.class,
            refused -> {
              assertThat(refused.kind().status()).isEqualTo(429);
              assertThat(refused.code()).isEqualTo("rate_limit_exceeded");
              assertThat(refused.retryable()).isTrue();
            });
    assertThat(limits.state(key, two).requests()).isZero();
    assertThat(limits.state(key, two).retryAfter())
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(31));
    limits.request(UUID.randomUUID(), two); // another key's are its own
  }

  @Test
  void tokensThatWereNotUsedComeBack() {
    KeyLimits thousand = new KeyLimits(100, 1000, 10);
    Reservation first = limits.reserve(key, thousand, 900);
    assertThatThrownBy(() -> limits.reserve(key, thousand, 900)).isInstanceOf(JobRefused.class);
    first.settle(100);
    first.settle(0);
    assertThat(limits.state(key, thousand).tokens()).isBetween(900L, 1000L);
    limits.reserve(key, thousand, 900).settle(900);
  }

  @Test
  void whatCanNeverFitIsNotWorthRepeating() {
    KeyLimits thousand = new KeyLimits(100, 1000, 10);
    assertThatThrownBy(() -> limits.reserve(key, thousand, 1001))
        .isInstanceOfSatisfying(
            JobRefused.class, refused -> assertThat(refused.retryable()).isFalse());
  }

  @Test
  void placesForJobsAreTakenAndGivenBackOnce() {
    KeyLimits two = new KeyLimits(100, 1_000_000, 2);
    Reservation first = limits.reserve(key, two, 1);
    Reservation second = limits.reserve(key, two, 1);
    assertThatThrownBy(() -> limits.reserve(key, two, 1))
        .isInstanceOf(JobRefused.class)
        .hasMessageContaining("2 jobs at once");
    first.leave();
    first.leave();
    first.settle(1);
    Reservation third = limits.reserve(key, two, 1);
    assertThatThrownBy(() -> limits.reserve(key, two, 1)).isInstanceOf(JobRefused.class);
    second.settle(1);
    third.settle(1);
  }

  @Test
  void changedLimitsHoldAtOnceAndKeepJobs() {
    limits.reserve(key, new KeyLimits(10, 1000, 1), 1);
    assertThatThrownBy(() -> limits.reserve(key, new KeyLimits(10, 2000, 1), 1))
        .isInstanceOf(JobRefused.class);
    limits.reserve(key, new KeyLimits(10, 2000, 2), 1);
  }

  @Test
  void manyAtOnceNeverHaveMorePlacesThanThereAre() throws Exception {
    KeyLimits ten = new KeyLimits(1000, 1_000_000, 10);
    List<Callable<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(
          () -> {
            try {
              limits.reserve(key, ten, 1);
              return true;
            } catch (JobRefused e) {
              return false;
            }
          });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long taken = 0;
      for (Future<Boolean> one : threads.invokeAll(all)) {
        taken += taken(one) ? 1 : 0;
      }
      assertThat(taken).isEqualTo(10);
    }
  }

  private static boolean taken(Future<Boolean> one)
      throws ExecutionException, InterruptedException {
    return one.get();
  }

  @Test
  void timesAreWrittenAsClientsExpect() {
    assertThat(LimitState.written(Duration.ofMinutes(6))).isEqualTo("6m0s");
    assertThat(LimitState.written(Duration.ofMillis(20))).isEqualTo("20ms");
    assertThat(LimitState.written(Duration.ofMillis(1500))).isEqualTo("1.5s");
    assertThat(LimitState.written(Duration.ofSeconds(61))).isEqualTo("1m1s");
    assertThat(LimitState.written(Duration.ZERO)).isEqualTo("0ms");
  }

  @Test
  void boundsAreNamed() {
    assertThatThrownBy(() -> new KeyLimits(0, 1, 1)).hasMessageContaining("requestsPerMinute");
    assertThatThrownBy(() -> new KeyLimits(1, 1_000_000_001, 1))
        .hasMessageContaining("tokensPerMinute");
    assertThatThrownBy(() -> new KeyLimits(1, 1, 0)).hasMessageContaining("concurrentJobs");
  }
}
