package dev.sotto.orchestration.dispatch;

import dev.sotto.orchestration.job.Ending;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.JobState;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.lane.LaneView;
import dev.sotto.orchestration.placement.FairQueue;
import dev.sotto.orchestration.placement.FairQueue.Offer;
import dev.sotto.orchestration.placement.Placer;
import dev.sotto.orchestration.placement.Placer.Choice;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** One queue a model, and who is placed from it. For the dispatcher's thread only. */
final class Queues {
  private final LaneBoard board;
  private final Limits limits;
  private final Map<String, FairQueue> byModel = new LinkedHashMap<>();
  private final Map<String, LiveJob> waiting = new HashMap<>();

  Queues(LaneBoard board, Limits limits) {
    this.board = board;
    this.limits = limits;
  }

  int size() {
    return waiting.size();
  }

  /** A job waits exactly while it is queued. */
  void sort(LiveJob known) {
    Job job = known.job();
    if (job.state() != JobState.QUEUED) {
      remove(known);
    } else if (waiting.putIfAbsent(job.id(), known) == null) {
      byModel.computeIfAbsent(job.asked().modelDigest(), model -> new FairQueue()).add(job);
    }
  }

  void remove(LiveJob known) {
    Job job = known.job();
    if (waiting.remove(job.id()) != null) {
      FairQueue queue = byModel.get(job.asked().modelDigest());
      if (queue != null) {
        queue.remove(job);
      }
    }
  }

  /**
   * Offers what the lanes have room for.
   *
   * @param live all jobs: those that hold lanes take room
   * @param place places a job; false when it could not be
   * @param never hears of jobs that have waited in vain
   */
  void offer(
      Collection<LiveJob> live,
      BiPredicate<LiveJob, List<LaneView>> place,
      BiConsumer<LiveJob, Ending> never,
      long now) {
    if (waiting.isEmpty()) {
      return;
    }
    Map<String, Integer> onLane = new HashMap<>();
    Map<UUID, Integer> ofTenant = new HashMap<>();
    for (LiveJob known : live) {
      if (known.job().state().holdsLanes()) {
        known.job().lanes().forEach(lane -> onLane.merge(lane, 1, Integer::sum));
        ofTenant.merge(known.job().asked().tenantId(), 1, Integer::sum);
      }
    }
    Map<LiveJob, Ending> hopeless = new LinkedHashMap<>();
    for (Map.Entry<String, FairQueue> queue : byModel.entrySet()) {
      List<LaneView> lanes = board.alive(queue.getKey());
      queue
          .getValue()
          .offer(
              job -> {
                LiveJob known = waiting.get(job.id());
                if (known == null) {
                  return Offer.PASSED;
                }
                UUID tenant = job.asked().tenantId();
                Choice choice =
                    Placer.choose(
                        job.asked(),
                        lanes,
                        lane -> lane.slots() - onLane.getOrDefault(lane.digest(), 0));
                Ending vain = hopeless(known, choice, now);
                if (vain != null) {
                  hopeless.put(known, vain);
                  return Offer.PASSED;
                }
                if (choice instanceof Choice.Place
                    && ofTenant.getOrDefault(tenant, 0) >= limits.placedPerTenant()) {
                  return Offer.TENANT_FULL;
                }
                return switch (choice) {
                  case Choice.Busy _ -> Offer.FULL;
                  case Choice.NoLane _, Choice.TooLong _ -> Offer.PASSED;
                  case Choice.Place(var best) -> {
                    if (!place.test(known, best)) {
                      yield Offer.PASSED;
                    }
                    waiting.remove(job.id());
                    best.forEach(lane -> onLane.merge(lane.digest(), 1, Integer::sum));
                    ofTenant.merge(tenant, 1, Integer::sum);
                    yield Offer.TAKEN;
                  }
                };
              });
    }
    hopeless.forEach(never);
  }

  private @Nullable Ending hopeless(LiveJob known, Choice choice, long now) {
    Job job = known.job();
    switch (choice) {
      case Choice.Place _, Choice.Busy _ -> {
        known.unstuck();
        return null;
      }
      case Choice.TooLong(int context) -> {
        int longest = board.longestContext(job.asked().modelDigest());
        if (job.weight() > longest) {
          return Ending.tooLong(job.weight(), context);
        }
      }
      case Choice.NoLane _ -> {}
    }
    return known.stuck(now) > limits.noLaneWait().toNanos() ? Ending.noLane() : null;
  }
}
