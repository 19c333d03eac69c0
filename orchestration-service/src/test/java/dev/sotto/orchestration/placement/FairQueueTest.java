package dev.sotto.orchestration.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.orchestration.Manifests;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.placement.FairQueue.Offer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final long SEED = 0x5077_0400L;
  private final Random random = new Random(SEED);

  private Job job(UUID tenant, int prompt, int most) {
    String id = "%016x%016x".formatted(random.nextLong(), random.nextLong());
    UUID any = new UUID(1, 1);
    return Job.requested(
        new JobRequested(
            id, tenant, any, any, "m", Manifests.MODEL, Protection.PASSIVE, prompt, most, 1),
        0);
  }

  private static UUID tenant(int number) {
    return new UUID(0, number);
  }

  private static List<Job> take(FairQueue queue, int places) {
    List<Job> taken = new ArrayList<>();
    queue.offer(
        job -> {
          if (taken.size() == places) {
            return Offer.FULL;
          }
          taken.add(job);
          return Offer.TAKEN;
        });
    return taken;
  }

  @Test
  void withinATenantWhoCameFirstIsFirst() {
    FairQueue queue = new FairQueue();
    List<Job> came = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Job job = job(tenant(1), 10 + i, 10);
      came.add(job);
      queue.add(job);
      queue.add(job);
    }
    assertThat(queue.size()).isEqualTo(20);
    assertThat(take(queue, 7)).isEqualTo(came.subList(0, 7));
    assertThat(queue.remove(came.get(7))).isTrue();
    assertThat(queue.remove(came.get(7))).isFalse();
    assertThat(take(queue, 99)).isEqualTo(came.subList(8, 20));
  }

  @Test
  void aFloodDelaysNobodyElseByMoreThanItsTurn() {
    FairQueue queue = new FairQueue();
    for (int i = 0; i < 1_000; i++) {
      queue.add(job(tenant(1), 100, 100));
    }
    assertThat(take(queue, 10)).hasSize(10);
    Job late = job(tenant(2), 100, 100);
    queue.add(late);
    assertThat(take(queue, 2)).contains(late);
  }

  /**
   * Lanes with a few slots, one tenant that always has hundreds waiting, one that asks now and
   * then: whatever happens, it waits for its turn only, not for the flood.
   */
  @Test
  void aSmallTenantsWaitIsBoundedUnderAFlood() {
    FairQueue queue = new FairQueue();
    Map<String, Integer> since = new HashMap<>();
    Deque<Integer> running = new ArrayDeque<>();
    int slots = 4;
    int longest = 0;
    int served = 0;
    for (int round = 0; round < 4_000; round++) {
      while (queue.size() < 200) {
        queue.add(job(tenant(1), 1 + random.nextInt(400), 1 + random.nextInt(400)));
      }
      if (random.nextInt(10) == 0) {
        Job small = job(tenant(2), 1 + random.nextInt(400), 1 + random.nextInt(400));
        since.put(small.id(), round);
        queue.add(small);
      }
      int now = round;
      running.removeIf(end -> end <= now);
      for (Job taken : take(queue, slots - running.size())) {
        running.add(now + 1 + random.nextInt(8));
        Integer began = since.remove(taken.id());
        if (began != null) {
          longest = Math.max(longest, now - began);
          served++;
        }
      }
    }
    assertThat(served).as("seed %x", SEED).isGreaterThan(300);
    // A place becomes free every round or so; 800 tokens are the most that a turn is behind.
    assertThat(longest).as("rounds waited, seed %x", SEED).isLessThanOrEqualTo(24);
  }

  @Test
  void tenantsWhoAlwaysWaitGetTheSameTokens() {
    FairQueue queue = new FairQueue();
    Map<UUID, Long> given = new HashMap<>();
    for (int round = 0; round < 3_000; round++) {
      if (round % 100 == 0) {
        for (int i = 0; i < 100; i++) {
          queue.add(job(tenant(1), 20, 20));
          queue.add(job(tenant(2), 400, 400));
          queue.add(job(tenant(3), 1 + random.nextInt(100), 50));
        }
      }
      for (Job taken : take(queue, 1)) {
        given.merge(taken.asked().tenantId(), taken.weight(), Long::sum);
      }
    }
    long most = given.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    long least = given.values().stream().mapToLong(Long::longValue).min().orElseThrow();
    assertThat(most - least).as("seed %x", SEED).isLessThanOrEqualTo(1_600);
  }

  @Test
  void leavingAndComingBackGainsNothing() {
    FairQueue queue = new FairQueue();
    for (int i = 0; i < 100; i++) {
      queue.add(job(tenant(1), 10, 10));
    }
    Job big = job(tenant(2), 500, 500);
    queue.add(big);
    List<Job> first = take(queue, 2);
    assertThat(first).contains(big); // its queue is empty now
    Job again = job(tenant(2), 10, 10);
    queue.add(again);
    assertThat(take(queue, 40)).doesNotContain(again);
    assertThat(take(queue, 20)).contains(again);
  }

  @Test
  void whoCannotGoHoldsNobodyUp() {
    FairQueue queue = new FairQueue();
    Job stuck = job(tenant(1), 1, 1);
    Job behind = job(tenant(1), 1, 1);
    Job other = job(tenant(2), 1, 1);
    List.of(stuck, behind, other).forEach(queue::add);
    List<Job> taken = new ArrayList<>();
    queue.offer(
        job -> {
          if (job.equals(stuck)) {
            return Offer.PASSED;
          }
          taken.add(job);
          return Offer.TAKEN;
        });
    assertThat(taken).containsExactlyInAnyOrder(behind, other);
    assertThat(queue.jobs()).containsExactly(stuck);
  }

  @Test
  void aTenantThatMayHaveNoMoreWaitsAlone() {
    FairQueue queue = new FairQueue();
    for (int i = 0; i < 3; i++) {
      queue.add(job(tenant(1), 1, 1));
      queue.add(job(tenant(2), 1, 1));
    }
    List<Job> taken = new ArrayList<>();
    queue.offer(
        job -> {
          boolean first = job.asked().tenantId().equals(tenant(1));
          if (first && taken.stream().anyMatch(t -> t.asked().tenantId().equals(tenant(1)))) {
            return Offer.TENANT_FULL;
          }
          taken.add(job);
          return Offer.TAKEN;
        });
    assertThat(taken).hasSize(4);
    assertThat(queue.size()).isEqualTo(2);
  }
}
