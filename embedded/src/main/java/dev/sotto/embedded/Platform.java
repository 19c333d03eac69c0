package dev.sotto.embedded;

import dev.sotto.embedded.control.ControlServer;
import dev.sotto.embedded.folder.LaneFiles;
import dev.sotto.embedded.folder.NodeSeat;
import dev.sotto.embedded.folder.Ports;
import dev.sotto.embedded.process.Program;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PlatformStatus.State;
import dev.sotto.launch.PrivateFile;
import dev.sotto.launch.UpPlan;
import java.io.IOException;
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

  /** A start that takes longer than this has failed, whatever it waits for. */
  private static final Duration LONGEST_START = Duration.ofMinutes(10);

  private static final Duration LONGEST_END = Duration.ofMinutes(2);

  private final PlatformFolder folder;
  private final Deployment deployment;
  private final DataServers data;
  private final ServiceSettings settings;
  private final Supervised supervised;
  private final InstantSource clock;
  private final StatusReport report;
  private final CountDownLatch down = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Platform(
      PlatformFolder folder,
      Deployment deployment,
      DataServers data,
      ServiceSettings settings,
      Supervised supervised,
      StatusReport report,
      InstantSource clock) {
    this.folder = folder;
    this.deployment = deployment;
    this.data = data;
    this.settings = settings;
    this.supervised = supervised;
    this.report = report;
    this.clock = clock;
  }

  /** Makes keys, manifests and settings, and chooses ports. Starts nothing. */
  static Platform prepare(PlatformFolder folder, UpPlan plan, String classPath, InstantSource clock)
      throws IOException {
    List<NodeSeat> seats = new LaneFiles(folder, plan).prepare(clock.instant());
    Ports ports = new Ports(folder.config().resolve("ports"));
    GatewayPort gatewayPort = new GatewayPort(plan);
    Path java =
        Path.of(
            ProcessHandle.current()
                .info()
                .command()
                .orElseThrow(() -> new LaunchException("the system does not name this JVM")));
    Deployment deployment =
        new Deployment(folder, classPath, java, ports, gatewayPort, seats, plan.apart());
    DataServers data = DataServers.of(folder, plan, ports);
    ServiceSettings settings = new ServiceSettings(deployment, data, plan);
    Supervised supervised = new Supervised(folder, clock);
    StatusReport report =
        new StatusReport(deployment, supervised, data, plan.model(), clock.millis());
    return new Platform(folder, deployment, data, settings, supervised, report, clock);
  }

  /** Starts everything, and returns when it is told to end. */
  void run() throws IOException, InterruptedException {
    Thread ending = new Thread(this::endWithThisProcess, "sotto-ending");
    Runtime.getRuntime().addShutdownHook(ending);
    try (var _ = ControlServer.start(folder, report::now, report::revoke, down::countDown)) {
      start();
      deployment.gatewayPort().tell();
      report.be(State.READY);
      while (!down.await(LOOK.toMillis() * 20, TimeUnit.MILLISECONDS)) {
        Logs.keepShort(folder);
      }
      report.be(State.STOPPING);
      supervised.stop();
    }
  }

  private void start() throws IOException, InterruptedException {
    long deadline = clock.millis() + LONGEST_START.toMillis();
    data.programs().forEach(supervised::data);
    await("PostgreSQL and Kafka", deadline, data::ready);
    if (down.getCount() == 0) {
      return;
    }
    data.setUp();
    settings.write();
    supervised.service(new OnFreePort(deployment.gatewayProgram(), this::settlePort));
    deployment.otherServices().forEach(supervised::service);
    for (NodeSeat seat : deployment.seats()) {
      supervised.service(deployment.node(seat));
    }
    await("all services and lanes", deadline, report::allWell);
  }

  private void settlePort() throws IOException {
    deployment.gatewayPort().settle();
    settings.writeGateway();
    PrivateFile.write(folder.gatewayUrl(), deployment.gateway().toString());
  }

  private void await(String what, long deadline, Condition condition)
      throws IOException, InterruptedException {
    while (!condition.holds() && !down.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      supervised.checkStart();
      if (clock.millis() > deadline) {
        throw new LaunchException(
            "%s were not ready within %d s: %s"
                .formatted(what, LONGEST_START.toSeconds(), report.amiss()));
      }
    }
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
