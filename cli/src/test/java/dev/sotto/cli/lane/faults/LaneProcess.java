package dev.sotto.cli.lane.faults;

import dev.sotto.cli.lane.LocalLane;
import dev.sotto.cli.lane.NodeHandle;
import dev.sotto.cli.lane.NodeOptions;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.cli.lane.testing.Until;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.contracts.Lane;
import dev.sotto.links.NodeIdentity;
import dev.sotto.node.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A lane of real processes, and what an operator's machine may do to them. */
final class LaneProcess implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(4);
  static final Duration SOON = Duration.ofSeconds(60); // for a machine that is busy

  final NodeIdentity caller = NodeIdentity.create();
  final Path folder = SmallModel.fresh("run");
  private final LocalLane lane;

  LaneProcess() throws IOException {
    lane =
        LocalLane.start(
            SmallModel.shards(),
            caller,
            folder,
            NodeOptions.DEFAULT.withPatience(PATIENCE).withKernels("scalar")); // nothing to compile
  }

  Lane lane() {
    return lane.lane();
  }

  LaneJob open(int promptTokens, int maxTokens) {
    return LaneJob.open(
        lane.lane(), caller, Node.linkSettings(), SmallModel.VOCAB, promptTokens, maxTokens, SOON);
  }

  NodeHandle node(String role) {
    return lane.nodes().stream().filter(n -> n.name().startsWith(role)).findFirst().orElseThrow();
  }

  /** Sends a signal, and waits until the process shows it. */
  void signal(String signal, String role) throws IOException, InterruptedException {
    NodeHandle node = node(role);
    Process kill =
        new ProcessBuilder("kill", "-" + signal, String.valueOf(node.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("kill failed");
    }
    if (signal.equals("KILL")) {
      Until.holds(role + " is dead", SOON, () -> !node.isAlive());
    }
  }

  /**
   * Runs {@code step} and does {@code harm} in the middle of it: evaluator-1 is stopped, so nobody
   * gets past the step's first round before the harm is done.
   */
  LaneException harmedIn(LaneJob job, Runnable step, Harm harm) throws Exception {
    long before = job.usage().enclaveToNodes();
    signal("STOP", "evaluator-1");
    CompletableFuture<Void> running = CompletableFuture.runAsync(step, Thread::startVirtualThread);
    Until.holds("the step has begun", SOON, () -> job.usage().enclaveToNodes() > before);
    harm.run();
    if (node("evaluator-1").isAlive()) {
      signal("CONT", "evaluator-1");
    }
    try {
      running.get(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LaneException lost) {
        return lost;
      }
      throw e;
    }
    throw new AssertionError("the step was answered");
  }

  /** What befalls a process. */
  @FunctionalInterface
  interface Harm {
    void run() throws Exception;
  }

  @Override
  public void close() {
    lane.close();
  }
}
