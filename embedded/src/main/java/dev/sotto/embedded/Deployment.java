package dev.sotto.embedded;

import dev.sotto.embedded.folder.NodeSeat;
import dev.sotto.embedded.folder.Ports;
import dev.sotto.embedded.process.JvmProgram;
import dev.sotto.embedded.process.Program;
import dev.sotto.launch.PlatformFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The processes of ours that run on this machine, and where they are reached.
 *
 * @param folder the platform's
 * @param classPath of all JVMs
 * @param java the JVM
 * @param ports of the services and nodes
 * @param gatewayPort where callers connect
 * @param seats all nodes; none as long as they cannot be started
 * @param apart whether each platform service has a process of its own
 */
record Deployment(
    PlatformFolder folder,
    String classPath,
    Path java,
    Ports ports,
    GatewayPort gatewayPort,
    List<NodeSeat> seats,
    boolean apart) {
  private static final List<ServiceName> PLATFORM =
      List.of(
          ServiceName.GATEWAY,
          ServiceName.ORCHESTRATION,
          ServiceName.BILLING,
          ServiceName.VERIFICATION);

  private static final List<String> COMMON =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dfile.encoding=UTF-8",
          "-Dstdout.encoding=UTF-8",
          // Several contexts in one process share the log: none of them may set it up anew.
          "-Dorg.springframework.boot.logging.LoggingSystem=none",
          "-Dlogback.configurationFile=embedded-logback.xml");

  /**
   * Services wait for others most of the time, and the cores that the last compiler would take are
   * those that the nodes start and compute on. What callers notice of it is api.overhead.
   */
  private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

  /** The same with nodes. */
  Deployment with(List<NodeSeat> nodes) {
    return new Deployment(folder, classPath, java, ports, gatewayPort, nodes, apart);
  }

  /** The process that the gateway is in: all platform services, or the gateway alone. */
  Program gatewayProgram() {
    return apart
        ? platform("gateway", "-Xmx320m", ServiceName.GATEWAY)
        : platform("platform", "-Xmx640m", PLATFORM.toArray(ServiceName[]::new));
  }

  /** The platform services that are in no process with the gateway. */
  List<Program> otherServices() {
    return PLATFORM.stream()
        .filter(service -> apart && service != ServiceName.GATEWAY)
        .map(service -> platform(service.configName(), "-Xmx256m", service))
        .toList();
  }

  private Program platform(String name, String heap, ServiceName... services) {
    List<String> options = new ArrayList<>(COMMON);
    options.addAll(List.of(heap, FIRST_COMPILER, "--enable-native-access=ALL-UNNAMED"));
    options.addAll(offline());
    return jvm(name, options, folder.config(), services);
  }

  /** One node. */
  Program node(NodeSeat seat) {
    List<String> options = new ArrayList<>(COMMON);
    options.addAll(
        List.of(
            "-Xmx1536m", // eight jobs of SmolLM2, one prompt at a time
            "-XX:+UseTransparentHugePages", // as a lane's nodes: see NodeHandle
            "-Xlog:pagesize=off",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"));
    options.addAll(offline());
    return jvm(seat.process(), options, settingsOf(seat), ServiceName.SHARD);
  }

  /**
   * DJL's libraries come from their jars: nothing is fetched, and nothing is reported to anybody.
   */
  private static List<String> offline() {
    return List.of("-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true");
  }

  private Program jvm(String name, List<String> options, Path settings, ServiceName... services) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("-cp", classPath));
    List<String> arguments = new ArrayList<>();
    arguments.add(settings.toString());
    for (ServiceName service : services) {
      arguments.add(service.configName());
    }
    return new JvmProgram(
        name, java, all, ServiceProcess.class.getName(), arguments, folder.log(name));
  }

  /** The folder of a node's settings. */
  Path settingsOf(NodeSeat seat) {
    return folder.config().resolve(seat.process());
  }

  /** The port that a service's HTTP listens on. */
  int port(ServiceName service) throws IOException {
    return service == ServiceName.GATEWAY ? gatewayPort.now() : ports.of(service.configName());
  }

  /** The port of a node's page of health. */
  int healthPort(NodeSeat seat) throws IOException {
    return ports.of(seat.process() + ".health");
  }

  /** Pages of health by service and node. */
  Map<String, URI> health() throws IOException {
    Map<String, URI> health = new LinkedHashMap<>();
    health.put(ServiceName.GATEWAY.configName(), gatewayHealth());
    for (ServiceName service :
        List.of(ServiceName.ORCHESTRATION, ServiceName.BILLING, ServiceName.VERIFICATION)) {
      health.put(service.configName(), page(port(service), "/actuator/health/readiness"));
    }
    for (NodeSeat seat : seats) {
      health.put(seat.process(), page(healthPort(seat), "/actuator/health/readiness"));
    }
    return health;
  }

  /** The gateway's page of health, which moves with its port. */
  URI gatewayHealth() {
    return page(gatewayPort.now(), "/readyz");
  }

  /** Where callers connect. */
  URI gateway() {
    return page(gatewayPort.now(), "");
  }

  static URI page(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
