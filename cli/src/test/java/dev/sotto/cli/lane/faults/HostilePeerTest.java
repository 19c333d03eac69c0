package dev.sotto.cli.lane.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sotto.cli.lane.testing.InProcessLane;
import dev.sotto.cli.lane.testing.Interloper;
import dev.sotto.cli.lane.testing.Interloper.Passing;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.Role;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.node.NodeSettings;
import dev.sotto.node.peer.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A peer with a valid identity that sends what it must not: the job ends in one sentence, at once,
 * and the same nodes serve the next.
 */
@TestInstance(Lifecycle.PER_CLASS)
class HostilePeerTest {
  private static final NodeSettings SETTINGS =
      new NodeSettings(Duration.ofSeconds(5), Duration.ofSeconds(60), 1 << 20, 4, 4);
  private static final Random RANDOM = new Random(31);
  private static final Lie LIE = new Lie();

  private final InProcessLane lane = InProcessLane.listen(SmallModel.shards(), SETTINGS);
  private final Interloper interloper;

  /** What a frame becomes. */
  enum Change {
    TRUNCATED,
    OVERSIZED,
    REPLAYED,
    REORDERED,
    GARBAGE,
    OTHER_KIND,
    OTHER_SESSION,
    OTHER_STEP
  }

  /** The one frame that is altered: the {@code nth} of a kind in one direction. */
  private static final class Lie implements Interloper.Tampering {
    private Kind kind = Kind.DONE;
    private boolean inwards;
    private int nth;
    private @Nullable Change change;
    private final AtomicInteger told = new AtomicInteger();
    private int seen;
    private @Nullable Passing held;

    synchronized void tell(Kind of, boolean inward, int which, Change what) {
      kind = of;
      inwards = inward;
      nth = which;
      change = what;
      seen = 0;
      held = null;
      told.set(0);
    }

    @Override
    public synchronized List<Passing> instead(Object link, boolean inward, Passing f) {
      Passing first = held;
      if (first != null && inward == inwards && f.kind() == kind.code()) {
        held = null;
        return List.of(f, first);
      }
      if (change == null || inward != inwards || f.kind() != kind.code() || seen++ != nth) {
        return List.of(f);
      }
      Change what = change;
      change = null;
      told.incrementAndGet();
      byte[] p = f.payload();
      byte[] noise = new byte[p.length];
      RANDOM.nextBytes(noise);
      return switch (what) {
        case TRUNCATED -> List.of(with(f, Arrays.copyOf(p, Math.max(0, p.length - 1))));
        case OVERSIZED -> List.of(with(f, Arrays.copyOf(p, p.length + 1)));
        case REPLAYED -> List.of(f, f);
        case REORDERED -> {
          held = f;
          yield List.of();
        }
        case GARBAGE ->
            List.of(new Passing(RANDOM.nextInt(8), RANDOM.nextLong(), RANDOM.nextInt(), noise));
        case OTHER_KIND -> List.of(new Passing(f.kind() ^ 1, f.session(), f.step(), p));
        case OTHER_SESSION -> List.of(new Passing(f.kind(), ~f.session(), f.step(), p));
        case OTHER_STEP -> List.of(new Passing(f.kind(), f.session(), f.step() + 1, p));
      };
    }

    private static Passing with(Passing f, byte[] payload) {
      return new Passing(f.kind(), f.session(), f.step(), payload);
    }
  }

  HostilePeerTest() throws IOException {
    NodeIdentity dealer = lane.identity(Role.DEALER);
    NodeIdentity first = lane.identity(Role.EVALUATOR_0);
    NodeIdentity second = lane.identity(Role.EVALUATOR_1);
    interloper =
        new Interloper(
            second,
            Map.of(dealer.key(), dealer, first.key(), first),
            lane.node(Role.EVALUATOR_1).address(),
            LIE);
    LaneNode there = InProcessLane.place(Role.EVALUATOR_1, second.key(), interloper.address());
    for (Role role : Role.values()) {
      lane.join(role, lane.lane(Map.of(Role.EVALUATOR_1, there)));
    }
  }

  @AfterAll
  void stop() throws IOException {
    interloper.close();
    lane.close();
    SmallModel.shards().verify(ShardProgress.NONE);
  }

  /** A prompt and three more steps. */
  private void run() {
    int[] prompt = SmallModel.prompt(3, 20);
    try (LaneJob job = lane.open(prompt.length, 4)) {
      job.next(prompt);
      for (int t = 0; t < 3; t++) {
        job.next(5 + t);
      }
    }
  }

  static Stream<Arguments> lies() {
    List<Arguments> all = new ArrayList<>();
    for (Change change : Change.values()) {
      for (int nth : new int[] {4, 100}) { // while the prompt is read, and while decoding
        all.add(Arguments.of(Kind.OPENING, true, nth, change));
      }
      all.add(Arguments.of(Kind.OPENING, false, 30, change));
      all.add(Arguments.of(Kind.DEALT, true, 1, change));
      if (change != Change.REORDERED) { // these come one at a time: a held one is silence
        all.add(Arguments.of(Kind.LOOKED_UP, true, 2, change));
      }
    }
    for (Change change : List.of(Change.TRUNCATED, Change.OVERSIZED, Change.OTHER_KIND)) {
      all.add(Arguments.of(Kind.GREETING, true, 0, change));
      all.add(Arguments.of(Kind.ANSWER, false, 0, change));
      all.add(Arguments.of(Kind.CREDIT, false, 0, change));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("lies")
  void aLieEndsTheJobInOneSentence(Kind kind, boolean inwards, int nth, Change change) {
    LIE.tell(kind, inwards, nth, change);
    long start = System.nanoTime();
    LaneException e = catchThrowableOfType(LaneException.class, this::run);
    assertThat(LIE.told.get()).as("the lie was told").isEqualTo(1);
    assertThat(e).as("the job failed").isNotNull();
    assertThat(e.getMessage())
        .matches("[\\x20-\\x7e]{20,300}")
        .containsAnyOf("link to", "broke the rules", "did not turn up", "dealer");
    assertThat(e.code())
        .isIn(Failure.Code.PEER_CHEATED, Failure.Code.PEER_GONE, Failure.Code.DIVERGED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void afterAllThatJobsRun() {
    LIE.tell(Kind.OPENING, true, 10, Change.TRUNCATED);
    assertThat(catchThrowableOfType(LaneException.class, this::run)).isNotNull();
    run();
    run();
  }
}
