package dev.sotto.cli.lane.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.cli.lane.testing.InProcessLane;
import dev.sotto.cli.lane.testing.RawJob;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.cli.lane.testing.Until;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepRequest;
import dev.sotto.nn.ClearRun;
import dev.sotto.node.NodeSettings;
import dev.sotto.node.job.Batches;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Callers whose steps are run together: none of them meets another, whatever that one does. */
@TestInstance(Lifecycle.PER_CLASS)
class BatchedCallersTest {
  private static final NodeSettings SETTINGS =
      new NodeSettings(Duration.ofSeconds(20), Duration.ofSeconds(60), 16 << 20, 4, 12);
  private static final int CALLERS = 5;
  private static final int STEPS = 12;
  private static final int PROMPT = 4;

  private final InProcessLane lane;
  private final Semaphore answers = new Semaphore(0);

  BatchedCallersTest() throws IOException {
    lane = InProcessLane.start(SmallModel.shards(), SETTINGS);
  }

  @AfterAll
  void stop() throws IOException {
    lane.close();
  }

  private Batches batches(Role role) {
    return Objects.requireNonNull(lane.node(role).batches());
  }

  /** Prompts of all lengths: rows that count, rows that hash, and rows that change over. */
  private Void answered(int caller, Callable<?> begun) throws Exception {
    int[] prompt = SmallModel.prompt(caller, 40 + 13 * caller);
    ClearRun clear = SmallModel.clear().start();
    try (LaneJob job = lane.open(prompt.length, STEPS + 1)) {
      SmallModel.assertClose(job.next(prompt), clear.logits(prompt));
      begun.call();
      for (int token : SmallModel.prompt(90 + caller, STEPS)) {
        SmallModel.assertClose(job.next(token), clear.logits(token));
        answers.release();
      }
    }
    return null;
  }

  private static List<Callable<Void>> callers(IntFunction<Callable<Void>> caller) {
    return IntStream.range(0, CALLERS).mapToObj(caller).toList();
  }

  /** All of them are answered as the clear run does, while {@code other} does what it likes. */
  private void allAnsweredBeside(Callable<Void> other) throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      AtomicBoolean over = new AtomicBoolean();
      Future<Void> beside =
          threads.submit(
              () -> {
                while (!over.get()) {
                  other.call();
                }
                return null;
              });
      List<Future<Void>> all =
          threads.invokeAll(callers(i -> () -> answered(i, () -> true)), 120, TimeUnit.SECONDS);
      over.set(true);
      for (Future<Void> answer : all) {
        answer.get();
      }
      beside.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void manyAreAnsweredTogether() throws Exception {
    long steps = batches(Role.EVALUATOR_0).steps();
    long runs = batches(Role.EVALUATOR_0).runs();
    CyclicBarrier prompts = new CyclicBarrier(CALLERS); // which take turns
    Callable<?> begun = () -> prompts.await(60, TimeUnit.SECONDS);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (Future<Void> answer : threads.invokeAll(callers(i -> () -> answered(i, begun)))) {
        answer.get();
      }
    }
    long together = batches(Role.EVALUATOR_0).steps() - steps;
    assertThat(together).as("steps that met others").isGreaterThan(CALLERS * STEPS / 2);
    assertThat(together).isGreaterThanOrEqualTo(2 * (batches(Role.EVALUATOR_0).runs() - runs));
    Until.holds(
        "evaluator-1 has counted the last",
        Duration.ofSeconds(10),
        () -> batches(Role.EVALUATOR_1).steps() == batches(Role.EVALUATOR_0).steps());
  }

  @Test
  void aCallerWhoLeavesAtAnyMomentTakesNobodyAlong() throws Exception {
    Random random = new Random(3);
    allAnsweredBeside(
        () -> {
          try (RawJob job = opened()) {
            int[] prompt = SmallModel.prompt(8, PROMPT);
            job.results(job.step(0, 0, prompt));
            int steps = random.nextInt(6);
            for (int serial = 1; serial <= steps; serial++) {
              job.results(job.step(serial, prompt.length + serial - 1, 5));
            }
            job.step(steps + 1, prompt.length + steps, 6).forEach((role, r) -> send(job, role, r));
            moment(random);
          }
          return null;
        });
  }

  /** Its step reaches only some of the nodes, and never the others. */
  @Test
  void aStepThatSomeNodesNeverHearOfKeepsNobodyWaiting() throws Exception {
    List<List<Role>> heard =
        List.of(
            List.of(Role.EVALUATOR_0),
            List.of(Role.EVALUATOR_1),
            List.of(Role.EVALUATOR_0, Role.EVALUATOR_1),
            List.of(Role.DEALER, Role.EVALUATOR_0));
    Random random = new Random(4);
    long start = System.nanoTime();
    allAnsweredBeside(
        () -> {
          try (RawJob job = opened()) {
            int[] prompt = SmallModel.prompt(8, PROMPT);
            job.results(job.step(0, 0, prompt));
            Map<Role, StepRequest> step = job.step(1, prompt.length, 6);
            Map<Role, StepRequest> some = new EnumMap<>(Role.class);
            for (Role role : heard.get(random.nextInt(heard.size()))) {
              some.put(role, Objects.requireNonNull(step.get(role)));
            }
            some.forEach((role, r) -> send(job, role, r));
            // Half told for as long as it takes the others to be answered so many times.
            boolean _ = answers.tryAcquire(2 * CALLERS, 5, TimeUnit.SECONDS);
          }
          return null;
        });
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("nobody waited until a node lost patience")
        .isLessThan(SETTINGS.peerPatience());
  }

  /** Their dealers may not even fill a stock: that is given to whose turn has come. */
  @Test
  void callersWhoSayNothingTakeNobodysTurn() throws Exception {
    List<RawJob> silent = new ArrayList<>();
    try {
      for (int i = 0; i < SETTINGS.jobs() - CALLERS; i++) {
        silent.add(opened());
      }
      for (int i = 0; i < CALLERS; i++) {
        answered(i, () -> true);
      }
    } finally {
      silent.forEach(RawJob::close);
    }
  }

  /** Up to as long as a step takes. */
  private static void moment(Random random) {
    long end = System.nanoTime() + random.nextInt(12_000_000);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private RawJob opened() {
    HostileCallerTest.Draft draft = new HostileCallerTest.Draft(lane);
    draft.prompt = PROMPT;
    draft.most = 10;
    return RawJob.ready(lane.lane(), lane.caller(), draft.open());
  }

  private static void send(RawJob job, Role role, StepRequest r) {
    job.send(role, CallerKind.STEP, Math.toIntExact(r.serial()), r.encode());
  }
}
