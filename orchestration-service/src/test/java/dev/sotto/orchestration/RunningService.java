package dev.sotto.orchestration;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.lane.LaneState;
import dev.sotto.orchestration.lane.LaneView;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A service that runs for all tests of a class, each of which has a model of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RunningService {
  private static final AtomicInteger MODELS = new AtomicInteger();

  final Manifests manifests = new Manifests().withOperators("a", "b", "c");
  final UUID tenant = UUID.randomUUID();
  final Broker broker = new Broker();
  final World world = new World(broker);

  @SuppressWarnings("NullAway.Init")
  Installation installation;

  @SuppressWarnings("NullAway.Init")
  ConfigurableApplicationContext service;

  abstract Map<String, Object> settings();

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    installation = new Installation(folder, manifests.roots(), settings());
    service = installation.start();
  }

  @AfterAll
  void stop() {
    service.close();
    world.close();
    broker.close();
  }

  static String model() {
    return "%064x".formatted(0xa000 + MODELS.incrementAndGet());
  }

  ScriptedLane lane(String model, String operators, int slots) {
    String name = "lane-" + operators + "-" + model.substring(60);
    ScriptedLane lane =
        new ScriptedLane(broker, manifests.lane(model, name, operators, Manifests.LATER), slots);
    Until.holds("lane " + name + " lives", () -> state(lane) == LaneState.ALIVE);
    return lane;
  }

  @Nullable LaneState state(ScriptedLane lane) {
    LaneView view = service.getBean(LaneBoard.class).lane(lane.signed().digest());
    return view == null ? null : view.state();
  }

  JobRequested job(String model) {
    return World.request(tenant, model, Protection.PASSIVE, 300, 5, soon());
  }

  static long soon() {
    return System.currentTimeMillis() + 180_000;
  }
}
