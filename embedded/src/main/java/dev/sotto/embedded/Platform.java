package dev.sotto.embedded;

import dev.sotto.embedded.control.ControlServer;
import dev.sotto.embedded.folder.LaneFiles;
import dev.sotto.embedded.folder.NodeSeat;
import dev.sotto.embedded.folder.Ports;
import dev.sotto.embedded.process.Program;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.Milestone;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PlatformStatus.State;
import dev.sotto.launch.PrivateFile;
import dev.sotto.launch.UpPlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Everything that runs on one machine, from the first process to the last. */
final class Platform implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);

  /** For what costs nothing to look at. */
  private static final Duration GLANCE = Duration.ofMillis(50);

  /** A start that takes longer than this has failed, whatever it waits for. */
  private static final Duration LONGEST_START = Duration.ofMinutes(10);

  private static final Duration LONGEST_END = Duration.ofMinutes(2);

  private final PlatformFolder folder;
  private final UpPlan plan;
  private final Deployment deployment; // without nodes
  private final DataServers data;
  private final Supervised supervised;
  private final InstantSource clock;
  private final StatusReport report;
  private final CountDownLatch down = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Platform(
      PlatformFolder folder,
      UpPlan plan,
      Deployment deployment,
      DataServers data,
      Supervised supervised,
      StatusReport report,
      InstantSource clock) {
    this.folder = folder;
    this.plan = plan;
    this.deployment = deployment;
    this.data = data;
    this.supervised = supervised;
    this.report = report;
    this.clock = clock;
  }

  /** Makes keys and chooses ports. Starts nothing, and needs no shards. */
  static Platform prepare(PlatformFolder folder, UpPlan plan, String classPath, InstantSource clock)
      throws IOException {
    new LaneFiles(folder, plan).writeRoots();
    Ports ports = new Ports(folder.config().resolve("ports"));
    GatewayPort gatewayPort = new GatewayPort(plan);
    Path java =
        Path.of(
            ProcessHandle.current()
                .info()
                .command()
                .orElseThrow(() -> new LaunchException("the system does not name this JVM")));
    Deployment deployment =
        new Deployment(folder, classPath, java, ports, gatewayPort, List.of(), plan.apart());
    DataServers data = DataServers.of(folder, plan, ports);
    Supervised supervised = new Supervised(folder, clock);
    StatusReport report =
        new StatusReport(deployment, supervised, data, plan.model(), clock.millis());
    return new Platform(folder, plan, deployment, data, supervised, report, clock);
  }

  /**
   * Starts everything, each as soon as what it needs is there, and returns when it is told to end.
   *
   * @param in tells what is there, see {@link Milestone}
   */
  void run(InputStream in) throws IOException, InterruptedException {
    Thread ending = new Thread(this::endWithThisProcess, "sotto-ending");
    Runtime.getRuntime().addShutdownHook(ending);
    try (var _ = ControlServer.start(folder, report::now, report::revoke, down::countDown)) {
      if (start(Preparation.heard(in, down::countDown))) {
        deployment.gatewayPort().tell();
        report.be(State.READY);
      }
      while (!down.await(LOOK.toMillis() * 20, TimeUnit.MILLISECONDS)) {
        Logs.keepShort(folder);
      }
      report.be(State.STOPPING);
      supervised.stop();
    }
  }

  /** Whether all is there; not so if it is to end before. */
  private boolean start(Preparation preparation) throws IOException, InterruptedException {
    data.programs().forEach(supervised::data);
    if (!await("PostgreSQL and Kafka", data::ready, GLANCE)) {
      return false;
    }
    data.setUp();
    if (!await(() -> preparation.has(Milestone.MODEL))) {
      return false;
    }
    LaneFiles lanes = new LaneFiles(folder, plan);
    lanes.publish();
    new ServiceSettings(deployment, data, plan).writePlatform();
    supervised.service(new OnFreePort(deployment.gatewayProgram(), this::settlePort));
    deployment.otherServices().forEach(supervised::service);
    if (!await(() -> preparation.has(Milestone.SHARDS))) {
      return false;
    }
    Deployment withNodes = deployment.with(lanes.prepare(clock.instant()));
    new ServiceSettings(withNodes, data, plan).writeNodes();
    report.tellOf(withNodes);
    for (NodeSeat seat : withNodes.seats()) {
      supervised.service(withNodes.node(seat));
    }
    return await("all services and lanes", report::allWell, LOOK);
  }

  private void settlePort() throws IOException {
    deployment.gatewayPort().settle();
    new ServiceSettings(deployment, data, plan).writeGateway();
    PrivateFile.write(folder.gatewayUrl(), deployment.gateway().toString());
  }

  /** Waits as long as it takes: models may be large. */
  private boolean await(Condition condition) throws IOException, InterruptedException {
    while (!condition.holds()) {
      if (down.await(GLANCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
      supervised.checkStart();
    }
    return down.getCount() > 0;
  }

  /** Whether it holds; not so if all is to end. */
  private boolean await(String what, Condition condition, Duration look)
      throws IOException, InterruptedException {
    long deadline = clock.millis() + LONGEST_START.toMillis();
    while (!condition.holds()) {
      if (down.await(look.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
      supervised.checkStart();
      if (clock.millis() > deadline) {
        throw new LaunchException(
            "%s were not ready within %d s: %s"
                .formatted(what, LONGEST_START.toSeconds(), report.amiss()));
      }
    }
    return down.getCount() > 0;
  }

  /** Makes sure of the gateway's port each time before its process starts. */
  private record OnFreePort(Program program, Settling settling) implements Program {
    @Override
    public String name() {
      return program.name();
    }

    @Override
    public Running start() throws IOException, InterruptedException {
      settling.settle();
      return program.start();
    }
  }

  /** Chooses a port and writes it down. */
  @FunctionalInterface
  private interface Settling {
    void settle() throws IOException;
  }

  /** Something that is waited for. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws IOException;
  }

  /** A signal: the same good order as {@code down}. */
  private void endWithThisProcess() {
    down.countDown();
    try {
      boolean _ = closed.await(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends what runs; nothing stays in {@code run}. */
  @Override
  public void close() throws IOException {
    try {
      supervised.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    report.close();
    Files.deleteIfExists(folder.children());
    closed.countDown();
  }
}
