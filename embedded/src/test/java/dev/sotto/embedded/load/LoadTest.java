package dev.sotto.embedded.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Protection;
import dev.sotto.embedded.load.Crowd.Seen;
import dev.sotto.embedded.testing.OwnEnclave;
import dev.sotto.embedded.testing.SharedPlatform;
import dev.sotto.embedded.testing.Tenant;
import dev.sotto.embedded.testing.UserHome;
import dev.sotto.launch.Control;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.ProcessStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fifty streaming callers of two tenants on a lane that runs eight jobs at once. Nothing here is a
 * matter of time: the lane is held until all wait, so the order in which they are served is the
 * queue's.
 */
@ExtendWith(SharedPlatform.class)
class LoadTest {
  /** What a node of this installation says that it runs at once. */
  private static final int SLOTS = 8;

  private static final int MANY = 40;
  private static final int FEW = 10;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(4);

  private final UserHome home = SharedPlatform.home();
  private final Pages pages;
  private PlatformStatus before;

  LoadTest() throws IOException {
    pages = new Pages(home);
    before = status(home);
  }

  @BeforeEach
  void nobodyIsThere() throws Exception {
    await("nobody is there", () -> pages.sum("orchestration", "sotto_jobs_live") == 0);
    before = status(home);
  }

  @Test
  void twoTenantsTakeTurnsHoweverManyOneOfThemSends() throws Exception {
    Tenant many = Tenant.make(home, "many");
    Tenant few = Tenant.make(home, "few");
    List<Seen> ofMany;
    List<Seen> ofFew;
    try (Crowd crowd = new Crowd(many.url())) {
      List<OwnEnclave> held = hold();
      List<Future<Seen>> first;
      List<Future<Seen>> second;
      try {
        first = crowd.ask(MANY, many.newKey());
        await("forty wait", () -> waiting() == MANY);
        second = crowd.ask(FEW, few.newKey());
        await("fifty wait", () -> waiting() == MANY + FEW);
      } finally {
        held.forEach(OwnEnclave::close);
      }
      ofMany = seen(first);
      ofFew = seen(second);
    }
    assertThat(ofMany).hasSize(MANY).allSatisfy(LoadTest::assertComplete);
    assertThat(ofFew).hasSize(FEW).allSatisfy(LoadTest::assertComplete);
    int lastOfFew = ofFew.stream().mapToInt(Seen::turn).max().orElseThrow();
    long manyBefore = ofMany.stream().filter(one -> one.turn() < lastOfFew).count();
    // In turns ten come before it; callers notice up to as many out of order as run at once.
    // First come, first served would be forty; the other way round none.
    assertThat(manyBefore).isBetween((long) FEW - SLOTS, (long) FEW + SLOTS);
    assertNothingIsLeft();
    // The gateway keeps a job's end for half a minute, for a caller that asks again.
    await("nobody is waited for", () -> pages.sum("gateway.management", "sotto_gateway_jobs") == 0);
  }

  @Test
  void beyondItsLimitsAKeyIsToldWhenToComeAgain() throws Exception {
    int places = 4;
    Tenant bounded = Tenant.make(home, "bounded");
    bounded.limit("\"max_concurrent_jobs\":" + places);
    List<Seen> seen;
    try (Crowd crowd = new Crowd(bounded.url())) {
      List<OwnEnclave> held = hold();
      List<Future<Seen>> asked;
      try {
        asked = crowd.ask(MANY, bounded.newKey());
        await("the others are refused", () -> done(asked) == MANY - places);
        await("four wait", () -> waiting() == places);
      } finally {
        held.forEach(OwnEnclave::close);
      }
      seen = seen(asked);
    }
    assertThat(seen.stream().filter(one -> one.status() == 200))
        .hasSize(places)
        .allSatisfy(LoadTest::assertComplete);
    assertThat(seen.stream().filter(one -> one.status() != 200))
        .hasSize(MANY - places)
        .allSatisfy(LoadTest::assertRefused);
    assertNothingIsLeft();
  }

  @Test
  void requestsInAMinuteAreCountedToo() throws Exception {
    Tenant rare = Tenant.make(home, "rare");
    rare.limit("\"max_requests_per_1_minute\":2");
    List<Seen> seen;
    try (Crowd crowd = new Crowd(rare.url())) {
      seen = seen(crowd.ask(FEW, rare.newKey()));
    }
    assertThat(seen.stream().filter(one -> one.status() == 200))
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(LoadTest::assertComplete);
    assertThat(seen.stream().filter(one -> one.status() != 200))
        .isNotEmpty()
        .allSatisfy(LoadTest::assertRefused);
    assertNothingIsLeft();
  }

  /** Jobs that have the lane and do nothing with it. */
  private List<OwnEnclave> hold() throws IOException {
    List<OwnEnclave> held = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      held.add(OwnEnclave.open(home, Protection.PASSIVE, 3));
    }
    return held;
  }

  private static List<Seen> seen(List<Future<Seen>> asked) throws Exception {
    List<Seen> seen = new ArrayList<>();
    for (Future<Seen> one : asked) {
      seen.add(one.get());
    }
    return seen;
  }

  private static long done(List<Future<Seen>> asked) {
    return asked.stream().filter(Future::isDone).count();
  }

  private static void assertComplete(Seen seen) {
    assertThat(seen.status()).as(seen.whole()).isEqualTo(200);
    assertThat(seen.done()).isTrue();
    assertThat(seen.events()).noneMatch(event -> event.has("error"));
    JsonNode last = seen.events().getLast();
    assertThat(last.at("/usage/completion_tokens").asInt()).isBetween(1, Crowd.TOKENS);
    JsonNode end = seen.events().get(seen.events().size() - 2);
    assertThat(end.at("/choices/0/finish_reason").asString()).isIn("length", "stop");
    assertThat(seen.header("x-sotto-job")).matches("[0-9a-f]{32}");
    assertLimitHeaders(seen);
  }

  private static void assertRefused(Seen seen) {
    assertThat(seen.status()).as(seen.whole()).isEqualTo(429);
    JsonNode error = JsonMapper.shared().readTree(seen.whole()).path("error");
    assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(error.path("code").asString()).isEqualTo("rate_limit_exceeded");
    assertThat(error.path("type").asString()).isEqualTo("rate_limit_error");
    assertThat(error.path("message").asString()).contains("try again in");
    assertThat(seen.header("retry-after")).matches("[1-9][0-9]*");
    assertThat(seen.header("x-should-retry")).isEqualTo("true");
    assertThat(seen.header("content-type")).startsWith("application/json");
    assertLimitHeaders(seen);
  }

  private static void assertLimitHeaders(Seen seen) {
    for (String what : List.of("requests", "tokens")) {
      assertThat(seen.header("x-ratelimit-limit-" + what)).matches("[1-9][0-9]*");
      assertThat(seen.header("x-ratelimit-remaining-" + what)).matches("[0-9]+");
      assertThat(seen.header("x-ratelimit-reset-" + what)).matches("([0-9]+m)?[0-9.]+m?s");
    }
  }

  /** No job, no session, no process that had to begin again, and no more memory than is stated. */
  private void assertNothingIsLeft() throws Exception {
    await(
        "nothing is left",
        () ->
            pages.sum("orchestration", "sotto_jobs_live") == 0
                && pages.sum("orchestration", "sotto_queue_length") == 0
                && pages.sumOfNodes("sotto_node_jobs") == 0);
    PlatformStatus now = status(home);
    assertThat(now.deadLetters()).isEqualTo(before.deadLetters());
    for (ProcessStatus process : now.processes()) {
      ProcessStatus then =
          before.processes().stream()
              .filter(one -> one.name().equals(process.name()))
              .findFirst()
              .orElseThrow();
      assertThat(process.pid()).as(process.name()).isEqualTo(then.pid());
      Footprint.assertBounded(process.name(), process.pid());
      Footprint.assertNeverOutOfMemory(home.platform().log(process.name()));
    }
  }

  private double waiting() throws IOException, InterruptedException {
    return pages.sum("orchestration", "sotto_queue_length");
  }

  private static PlatformStatus status(UserHome home) throws IOException {
    return Control.read(home.platform()).flatMap(Control::status).orElseThrow();
  }

  /** A condition that will come to hold. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private void await(String what, Condition condition) throws IOException, InterruptedException {
    long start = System.nanoTime();
    CountDownLatch never = new CountDownLatch(1);
    while (!condition.holds()) {
      assertThat(System.nanoTime() - start)
          .as("%s: %s", what, status(home).json())
          .isLessThan(PATIENCE_NANOS);
      boolean _ = never.await(100, TimeUnit.MILLISECONDS);
    }
  }
}
