package dev.sotto.disposable;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ulimit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** Servers in containers, of the images that {@code docker/build} makes. */
final class Containers implements Servers {
  static final String POSTGRES = "sotto-postgres:latest";
  static final String KAFKA = "sotto-kafka:latest";

  private static final int POSTGRES_PORT = 5432;
  private static final int KAFKA_PORT = 9092;
  private static final Duration START = Duration.ofSeconds(90);

  private final List<GenericContainer<?>> started = new ArrayList<>();

  @Override
  public Postgres postgres() {
    String password = UUID.randomUUID().toString();
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(POSTGRES))
            .withCopyToContainer(Transferable.of(password, 0444), "/sotto/superuser")
            .withCommand(
                "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
            .withExposedPorts(POSTGRES_PORT)
            .waitingFor(
                Wait.forSuccessfulCommand("healthy postgres 5432").withStartupTimeout(START));
    start(container);
    return new Postgres(
        "jdbc:postgresql://%s:%d/"
            .formatted(container.getHost(), container.getMappedPort(POSTGRES_PORT)),
        "postgres",
        password);
  }

  @Override
  public Kafka kafka() {
    KafkaContainer container = new KafkaContainer();
    start(container);
    return new Kafka(container.clients());
  }

  private synchronized void start(GenericContainer<?> container) {
    started.add(container);
    container.withCreateContainerCmdModifier(Containers::limit);
    container.start();
  }

  /** Engines that may not raise limits start nothing unless they are told which to set. */
  private static void limit(CreateContainerCmd create) {
    HostConfig host = Objects.requireNonNullElseGet(create.getHostConfig(), HostConfig::new);
    create.withHostConfig(
        host.withUlimits(
            List.of(new Ulimit("nofile", 1024L, 4096L), new Ulimit("nproc", 1000L, 1000L))));
  }

  @Override
  public synchronized void close() {
    started.forEach(GenericContainer::stop);
  }

  /** A broker that waits to hear by which port of this machine its clients find it. */
  private static final class KafkaContainer extends GenericContainer<KafkaContainer> {
    private static final String CLIENTS = "/tmp/clients";

    KafkaContainer() {
      super(DockerImageName.parse(KAFKA));
      withExposedPorts(KAFKA_PORT);
      withCreateContainerCmdModifier(
          create ->
              create.withEntrypoint(
                  "/bin/sh",
                  "-c",
                  "until [ -s %1$s ]; do sleep 0.1; done; exec run \"$(cat %1$s)\""
                      .formatted(CLIENTS)));
      waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1).withStartupTimeout(START));
    }

    String clients() {
      return getHost() + ":" + getMappedPort(KAFKA_PORT);
    }

    @Override
    protected void containerIsStarting(InspectContainerResponse info) {
      copyFileToContainer(
          Transferable.of(clients().getBytes(StandardCharsets.UTF_8), 0444), CLIENTS);
    }
  }
}
