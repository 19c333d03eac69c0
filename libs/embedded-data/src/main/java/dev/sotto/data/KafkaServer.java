package dev.sotto.data;

import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * A Kafka broker and controller (KRaft) in one process of its own: durable in a folder, on the
 * loopback interface only, without authentication: whoever can connect to this machine's loopback
 * can read it, which is why what is on it is public or sealed. The folder survives a kill -9.
 */
public final class KafkaServer implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration STOP = Duration.ofSeconds(15);

  /** Larger than any record of ours; topics have bounds of their own. */
  private static final int LARGEST_RECORD = 8 << 20;

  private final Child child;
  private final int port;
  private final Path log;

  private KafkaServer(Child child, int port, Path log) {
    this.child = child;
    this.port = port;
    this.log = log;
  }

  /**
   * Starts a broker on a folder, or anew on one that an earlier broker left, and returns when it
   * answers. In the folder: {@code data}, {@code server.properties} and {@code kafka.log}.
   *
   * @param port of 127.0.0.1, for clients; 0 for one that is free. The controller takes another
   *     free one.
   */
  public static KafkaServer start(Path folder, int port) {
    return start(folder, port, 384);
  }

  static KafkaServer start(Path folder, int port, int heapMegabytes) {
    try {
      Path home = folder.toAbsolutePath();
      Files.createDirectories(home);
      int clients = Ports.claim("Kafka", port);
      Path data = home.resolve("data");
      Path properties = home.resolve("server.properties");
      write(properties, settings(data, clients, Ports.claim("Kafka's controller", 0)));
      Path log = home.resolve("kafka.log");
      Child child = Child.start("Kafka", command(properties, data, heapMegabytes), log);
      child.awaitReady(() -> probe(clients), START);
      return new KafkaServer(child, clients, log);
    } catch (IOException e) {
      throw new DataFailure("Kafka's folder " + folder + " fails: " + e.getMessage(), e);
    }
  }

  private static List<String> command(Path properties, Path data, int heapMegabytes) {
    return List.of(
        ProcessHandle.current().info().command().orElse("java"),
        "-Xmx" + heapMegabytes + "m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1", // starts in half the time; a broker mostly copies
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        "-Dlogback.configurationFile=dev/sotto/data/kafka-logback.xml",
        "-cp",
        ManagementFactory.getRuntimeMXBean().getClassPath(),
        KafkaProcess.class.getName(),
        properties.toString(),
        data.toString());
  }

  private static Map<String, String> settings(Path data, int clients, int controller) {
    String largest = Integer.toString(LARGEST_RECORD);
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", "1"),
        Map.entry("controller.quorum.voters", "1@" + Ports.LOOPBACK + ":" + controller),
        Map.entry("controller.listener.names", "CONTROLLER"),
        Map.entry("inter.broker.listener.name", "CLIENTS"),
        Map.entry("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry(
            "listeners",
            "CLIENTS://%s:%d,CONTROLLER://%s:%d"
                .formatted(Ports.LOOPBACK, clients, Ports.LOOPBACK, controller)),
        Map.entry("advertised.listeners", "CLIENTS://" + Ports.LOOPBACK + ":" + clients),
        Map.entry("log.dirs", data.toString()),
        Map.entry("auto.create.topics.enable", "false"),
        Map.entry("default.replication.factor", "1"),
        Map.entry("offsets.topic.replication.factor", "1"),
        Map.entry("offsets.topic.num.partitions", "3"),
        Map.entry("transaction.state.log.replication.factor", "1"),
        Map.entry("transaction.state.log.min.isr", "1"),
        Map.entry("transaction.state.log.num.partitions", "3"),
        Map.entry("share.coordinator.state.topic.replication.factor", "1"),
        Map.entry("share.coordinator.state.topic.min.isr", "1"),
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        Map.entry("message.max.bytes", largest),
        Map.entry("replica.fetch.max.bytes", largest),
        Map.entry("num.network.threads", "2"),
        Map.entry("num.io.threads", "4"),
        Map.entry("log.segment.bytes", Integer.toString(64 << 20)),
        Map.entry("log.index.size.max.bytes", Integer.toString(1 << 20)),
        Map.entry("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20)),
        Map.entry("controlled.shutdown.enable", "false")); // nobody could take over
  }

  private static void write(Path file, Map<String, String> settings) throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (Writer out = Files.newBufferedWriter(fresh)) {
      properties.store(out, "Written at every start");
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void probe(int port)
      throws InterruptedException, ExecutionException, TimeoutException {
    Ports.connect(port); // quiet, where a client would log its failures
    Map<String, Object> settings =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, Ports.LOOPBACK + ":" + port);
    try (Admin admin = Admin.create(settings)) {
      if (admin.describeCluster().nodes().get(10, TimeUnit.SECONDS).isEmpty()) {
        throw new TimeoutException("the broker has not registered");
      }
    }
  }

  /** Where clients find it: host and port. */
  public String bootstrap() {
    return Ports.LOOPBACK + ":" + port;
  }

  /** Its port at 127.0.0.1, for clients. */
  public int port() {
    return port;
  }

  /** Where it logs. */
  public Path log() {
    return log;
  }

  /** The broker's process. */
  public ProcessHandle process() {
    return child.process().toHandle();
  }

  /** Stops the broker; at once if it does not stop by itself. */
  @Override
  public void close() {
    child.process().destroy();
    if (!child.ended(STOP)) {
      child.kill();
    }
  }

  @Override
  public String toString() {
    return "Kafka at " + bootstrap();
  }
}
