package dev.sotto.embedded;

import dev.sotto.embedded.control.DeadLetters;
import dev.sotto.embedded.control.Orchestration;
import dev.sotto.embedded.control.Probe;
import dev.sotto.embedded.control.Verification;
import dev.sotto.embedded.control.Verification.Reputation;
import dev.sotto.embedded.folder.Keyring;
import dev.sotto.embedded.folder.NodeSeat;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.LaneStatus;
import dev.sotto.launch.PlatformStatus.NodeStatus;
import dev.sotto.launch.PlatformStatus.ServiceStatus;
import dev.sotto.launch.PlatformStatus.State;
import dev.sotto.platform.internal.InternalToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says how everything is, by asking everybody each time. */
final class StatusReport implements AutoCloseable {
  /** While all starts, several ask often: this old an answer will do. */
  private static final long FRESH_NANOS = 400_000_000;

  private final Supervised supervised;
  private final Probe probe = new Probe();
  private final Orchestration orchestration;
  private final Verification verification;
  private final DataServers data;
  private final Map<String, Object> kafka;
  private final URI gatewayAlone;
  private final String model;
  private final long startedAt;
  private volatile Deployment deployment;
  private volatile State state = State.STARTING;
  private volatile @Nullable Look last;
  private @Nullable DeadLetters deadLetters;

  private record Look(long nanos, PlatformStatus status) {}

  StatusReport(
      Deployment deployment, Supervised supervised, DataServers data, String model, long startedAt)
      throws IOException {
    this.deployment = deployment;
    this.supervised = supervised;
    this.data = data;
    this.kafka = data.kafkaProperties();
    this.model = model;
    this.startedAt = startedAt;
    this.gatewayAlone =
        Deployment.page(deployment.ports().of("gateway.management"), "/actuator/health");
    InternalToken token =
        InternalToken.read(new Keyring(deployment.folder().keys()).secret("internal-token"));
    this.orchestration =
        new Orchestration(
            probe, Deployment.page(deployment.port(ServiceName.ORCHESTRATION), ""), token);
    this.verification =
        new Verification(
            probe, Deployment.page(deployment.port(ServiceName.VERIFICATION), ""), token);
  }

  /** From now on. */
  void be(State now) {
    state = now;
    last = null;
  }

  /** From now on it is to tell of these nodes too. */
  void tellOf(Deployment withNodes) {
    deployment = withNodes;
    last = null;
  }

  /** How everything is. */
  PlatformStatus now() {
    Look look = last;
    if (look != null && state == State.STARTING && System.nanoTime() - look.nanos() < FRESH_NANOS) {
      return look.status();
    }
    PlatformStatus status = look();
    last = new Look(System.nanoTime(), status);
    return status;
  }

  private PlatformStatus look() {
    Deployment deployment = this.deployment; // the same for the whole answer
    Map<String, URI> whom = health(deployment);
    List<ServiceStatus> services = new ArrayList<>(ask(whom));
    services.addAll(0, data.status());
    Map<String, Boolean> up =
        services.stream().collect(Collectors.toMap(ServiceStatus::name, ServiceStatus::up));
    List<LaneStatus> lanes = lanes(deployment, up);
    boolean well =
        services.stream().allMatch(ServiceStatus::up) && lanes.stream().allMatch(LaneStatus::ready);
    return new PlatformStatus(
        state == State.READY && !well ? State.DEGRADED : state,
        deployment.gateway().toString(),
        model,
        ProcessHandle.current().pid(),
        startedAt,
        deployment.gatewayPort().note(),
        supervised.status(),
        services,
        lanes,
        orchestration.jobs(),
        deadLetters());
  }

  /** None are looked for before the broker has been there: its client would log that it is not. */
  private synchronized Map<String, Long> deadLetters() {
    if (state != State.READY) {
      return Map.of();
    }
    if (deadLetters == null) {
      deadLetters = new DeadLetters(kafka);
    }
    return deadLetters.count();
  }

  private static Map<String, URI> health(Deployment deployment) {
    try {
      return deployment.health();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<ServiceStatus> ask(Map<String, URI> whom) {
    Map<String, Optional<String>> amiss = new LinkedHashMap<>();
    whom.forEach((name, page) -> amiss.put(name, Optional.empty()));
    whom.entrySet().parallelStream()
        .map(entry -> Map.entry(entry.getKey(), amiss(entry.getKey(), entry.getValue())))
        .toList()
        .forEach(entry -> amiss.put(entry.getKey(), entry.getValue()));
    return amiss.entrySet().stream()
        .map(
            entry ->
                new ServiceStatus(
                    entry.getKey(), entry.getValue().isEmpty(), entry.getValue().orElse("")))
        .toList();
  }

  /**
   * The gateway's port is one that others want too: who answers there may be another home's. Ours
   * answers at a port of its own as soon as it has the public one.
   */
  private Optional<String> amiss(String name, URI page) {
    if (name.equals(ServiceName.GATEWAY.configName()) && probe.get(gatewayAlone).isEmpty()) {
      return Optional.of("does not answer");
    }
    return probe.amiss(page);
  }

  private List<LaneStatus> lanes(Deployment deployment, Map<String, Boolean> up) {
    Map<String, String> amiss = orchestration.amissByLane();
    Map<String, Reputation> reputations = verification.reputations();
    Map<String, List<NodeSeat>> lanes =
        deployment.seats().stream()
            .collect(
                Collectors.groupingBy(NodeSeat::lane, LinkedHashMap::new, Collectors.toList()));
    List<LaneStatus> status = new ArrayList<>();
    lanes.forEach(
        (lane, seats) -> {
          String detail =
              amiss.getOrDefault(seats.getFirst().digest(), "the orchestration does not know it");
          List<NodeStatus> nodes =
              seats.stream()
                  .map(
                      seat ->
                          node(
                              seat,
                              up.getOrDefault(seat.process(), false),
                              reputations.getOrDefault(seat.identity(), Reputation.NONE)))
                  .toList();
          status.add(new LaneStatus(lane, detail.isEmpty(), detail, nodes));
        });
    return status;
  }

  private static NodeStatus node(NodeSeat seat, boolean up, Reputation reputation) {
    return new NodeStatus(
        seat.process(),
        seat.operator(),
        seat.identity(),
        up,
        reputation.audits(),
        reputation.failed());
  }

  /** Revokes a node; whether the orchestration has taken note of it. */
  boolean revoke(String identity) {
    return orchestration.revoke(identity);
  }

  /** Whether everything is there. */
  boolean allWell() {
    return amiss().isEmpty();
  }

  /** What is not there, or nothing. */
  String amiss() {
    PlatformStatus now = now();
    List<String> problems = new ArrayList<>();
    for (ServiceStatus service : now.services()) {
      if (!service.up()) {
        problems.add(service.name() + " " + service.detail());
      }
    }
    for (LaneStatus lane : now.lanes()) {
      if (!lane.ready()) {
        problems.add(lane.id() + ": " + lane.detail());
      }
    }
    return String.join(", ", problems);
  }

  @Override
  public synchronized void close() {
    if (deadLetters != null) {
      deadLetters.close();
    }
    probe.close();
  }
}
