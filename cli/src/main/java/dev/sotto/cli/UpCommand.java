package dev.sotto.cli;

import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.State;
import dev.sotto.launch.UpPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sotto up}: everything on one machine. */
@Command(
    name = "up",
    description = {
      "Starts the platform on this machine and returns when it is ready: database, broker, services, and the nodes of one or more lanes, each a process of its own.",
      "Options that are not given are as they were last time."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = ModelNames.DESCRIPTION + " (at first: " + ModelNames.DEFAULT + ").")
  private @Nullable String model;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      description =
          "How many lanes of three nodes a stage (at first: 1). With two, answers can be compared.")
  private @Nullable Integer lanes;

  @Option(
      names = "--stages",
      paramLabel = "N",
      description = "Split the model's layers over N stages a lane (at first: 1).")
  private @Nullable Integer stages;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where the gateway listens (at first: 8080, or the next one that is free).")
  private @Nullable Integer port;

  @Option(
      names = "--apart",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Each platform service in a process of its own (at first: all in one).")
  private @Nullable Boolean apart;

  @Option(
      names = "--audits",
      paramLabel = "PERCENT",
      description =
          "At most so much of the time is spent on known-answer audits of the lanes, and only while a lane is free (at first: 1; 0 for none).")
  private @Nullable Integer audits;

  @ArgGroup(exclusive = false)
  private @Nullable KafkaOptions kafka;

  @ArgGroup(exclusive = false)
  private @Nullable PostgresOptions postgres;

  /** A broker that is there already. */
  static final class KafkaOptions {
    @Option(
        names = "--kafka",
        paramLabel = "HOST:PORT",
        required = true,
        description = "Use this broker instead of starting one.")
    private String servers = "";

    @Option(
        names = "--kafka-properties",
        paramLabel = "FILE",
        description = "Client properties for it, with credentials where it needs them.")
    private @Nullable Path properties;
  }

  /** A database server that is there already. */
  static final class PostgresOptions {
    @Option(
        names = "--postgres",
        paramLabel = "JDBC-URL",
        required = true,
        description = "Use this PostgreSQL server instead of starting one.")
    private String url = "";

    @Option(
        names = "--postgres-user",
        paramLabel = "NAME",
        required = true,
        description = "Who may create roles and databases there.")
    private String user = "";

    @Option(
        names = "--postgres-password-file",
        paramLabel = "FILE",
        required = true,
        description = "That user's password.")
    private Path passwordFile = Path.of("");
  }

  @Override
  public Integer call() throws IOException {
    Platform platform = Platform.of(home.home());
    boolean ran = platform.running();
    UpRequest request = request(platform.folder());
    PlatformStatus status;
    try (ProgressLine progress = ProgressLine.on(spec.commandLine().getErr())) {
      status = platform.up(request, home.home(), progress);
    }
    say(status, platform.folder(), ran);
    return 0;
  }

  private UpRequest request(PlatformFolder folder) throws IOException {
    Optional<UpPlan> last = UpPlan.read(folder);
    UpRequest before = last.map(UpRequest::again).orElseGet(UpRequest::usual);
    int wantedLanes = bounded("--lanes", lanes, before.lanes(), 1, UpPlan.MOST_LANES);
    int wantedStages =
        bounded("--stages", stages, before.stages(), 1, ProvisionCommand.MOST_STAGES);
    int wantedPort = bounded("--port", port, before.port(), 1, 65_535);
    int auditPercent =
        bounded("--audits", audits, before.auditPercent(), 0, UpPlan.MOST_AUDIT_PERCENT);
    return new UpRequest(
        model == null ? before.model() : model,
        wantedStages,
        wantedLanes,
        wantedPort,
        port == null ? before.portFixed() : true,
        auditPercent,
        kafka == null
            ? before.kafka()
            : new UpPlan.Kafka(
                kafka.servers,
                kafka.properties == null ? null : kafka.properties.toAbsolutePath().toString()),
        postgres == null
            ? before.postgres()
            : new UpPlan.Postgres(
                postgres.url, postgres.user, postgres.passwordFile.toAbsolutePath().toString()),
        apart == null ? before.apart() : apart);
  }

  private int bounded(String option, @Nullable Integer given, int before, int least, int most) {
    int value = given == null ? before : given;
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), "%s must be %d to %d, was %d".formatted(option, least, most, value));
    }
    return value;
  }

  private void say(PlatformStatus status, PlatformFolder folder, boolean ran) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    String base = status.url() + "/v1";
    String key = Files.readString(folder.key()).strip();
    if (!status.note().isEmpty()) {
      out.println("Note: " + status.note() + ".");
    }
    if (status.state() == State.DEGRADED) {
      out.println("Something is amiss: see ./sotto status.");
    }
    int lanesThere = status.lanes().size();
    out.printf("Sotto %s %s%n%n", ran ? "already runs at" : "is ready at", base);
    out.printf("  key    %s%n", key);
    out.printf("  model  %s, %s%n%n", status.model(), protection(lanesThere));
    out.printf("Try:%n%n");
    out.printf("  ./sotto chat \"Write a haiku about the sea.\"%n");
    out.printf("  curl %s/chat/completions -H \"Authorization: Bearer %s\" \\%n", base, key);
    out.printf("    -H 'Content-Type: application/json' \\%n");
    out.printf(
        "    -d '{\"model\": \"%s\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'%n",
        status.model());
    out.printf("  ./sotto status   ./sotto logs [SERVICE]   ./sotto down%n%n");
    out.println(
        "All nodes are on this machine, under one owner: this shows how it works and separates nobody.");
    out.flush();
  }

  private static String protection(int lanes) {
    return lanes == 1
        ? "one lane: protection passive"
        : lanes + " lanes: protection compared, or passive if asked for";
  }
}
