package dev.sotto.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.world.Broker;
import dev.sotto.orchestration.world.Installation;
import dev.sotto.orchestration.world.ScriptedLane;
import dev.sotto.orchestration.world.Until;
import dev.sotto.orchestration.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The service on a real broker and a real database; nodes, billing and callers are scripts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrchestrationServiceTest {
  private static final AtomicInteger MODELS = new AtomicInteger();

  private final Manifests manifests = new Manifests().withOperators("a", "b");
  private final UUID tenant = UUID.randomUUID();
  private final Broker broker = new Broker();
  private final World world = new World(broker);
  private ConfigurableApplicationContext service;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    service = new Installation(folder, manifests.roots(), Map.of()).start();
  }

  @AfterAll
  void stop() {
    service.close();
    world.close();
    broker.close();
  }

  private static String model() {
    return "%064x".formatted(0xa000 + MODELS.incrementAndGet());
  }

  private ScriptedLane lane(String model, String operators, int slots) {
    String name = "lane-" + operators + "-" + model.substring(60);
    return new ScriptedLane(broker, manifests.lane(model, name, operators, Manifests.LATER), slots);
  }

  private JobRequested job(String model) {
    return World.request(tenant, model, Protection.PASSIVE, 300, 5, soon());
  }

  private static long soon() {
    return System.currentTimeMillis() + 120_000;
  }

  @Test
  void aJobIsPaidPlacedRunAndClosed() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 4)) {
      JobRequested job = job(model);
      JobPlaced placed = world.open(job);
      assertThat(placed.lanes()).containsExactly(lane.signed());
      int steps = StepPlan.of(300, 5).promptSteps() + 2;
      for (int serial = 0; serial < steps; serial++) {
        world.run(job, placed, serial);
      }
      world.finish(job, Reason.FINISHED);
      JobEnded ended = world.ended(job);
      assertThat(ended.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(ended.promptTokens()).isEqualTo(300);
      assertThat(ended.completionTokens()).isEqualTo(3);
      assertThat(ended.lanes()).containsExactly(lane.signed().digest());
      assertThat(world.told(job, CreditRequested.class)).hasSize(1);
      assertThat(lane.steps(Job.jobId(job.jobId()))).hasSize(3 * steps);
      Until.holds("all nodes told", () -> lane.closes(Job.jobId(job.jobId())) == 3);
    }
  }
}
