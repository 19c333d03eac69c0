package dev.sotto.embedded;

import dev.sotto.embedded.folder.Keyring;
import dev.sotto.embedded.folder.LaneFiles;
import dev.sotto.embedded.folder.NodeSeat;
import dev.sotto.embedded.folder.Settings;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PrivateFile;
import dev.sotto.launch.UpPlan;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;

/**
 * Writes what the containers of {@code docker-compose.yml} need: a folder for each, which it finds
 * at {@code /sotto}, with its own settings, keys and files and nobody else's. The keys of publisher
 * and operators stay in {@code made}, which no container sees.
 *
 * <p>Arguments: the folder to write to, the model's name, the folder of its shards for lane-1.
 */
public final class ComposeFiles {
  static final String DATABASE_URL = "jdbc:postgresql://postgres:5432/sotto";
  private static final List<ServiceName> SERVICES =
      List.of(
          ServiceName.GATEWAY,
          ServiceName.ORCHESTRATION,
          ServiceName.BILLING,
          ServiceName.VERIFICATION);
  private static final Path INSIDE = Path.of("/sotto");
  private static final int PORT = 8080;
  private static final int MANAGEMENT_PORT = 8081;
  private static final int LINK_PORT = 9000;

  private final Path data;
  private final PlatformFolder made;
  private final Keyring keyring;

  private ComposeFiles(Path data) {
    this.data = data;
    this.made = new PlatformFolder(data.resolve("made"));
    this.keyring = new Keyring(made.keys());
  }

  /** Writes the folders. */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      System.err.println("needs: the folder to write to, the model's name, its folder of shards");
      System.exit(2);
    }
    try {
      write(Path.of(args[0]), args[1], Path.of(args[2]));
    } catch (LaunchException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  static void write(Path data, String model, Path shards) throws IOException {
    PrivateFile.folder(data);
    UpPlan plan =
        new UpPlan(
            model,
            model,
            1,
            List.of(shards.toAbsolutePath().toString()),
            UpPlan.DEFAULT_PORT,
            true,
            UpPlan.DEFAULT_AUDIT_PERCENT,
            null,
            null,
            true);
    ComposeFiles files = new ComposeFiles(data);
    files.made.create();
    LaneFiles lanes = new LaneFiles(files.made, plan);
    lanes.writeRoots();
    List<NodeSeat> seats = lanes.prepare(Instant.now());
    lanes.publish();
    files.database();
    files.folder("postgres");
    files.folder("kafka");
    for (ServiceName service : SERVICES) {
      files.service(service, plan);
    }
    for (NodeSeat seat : seats) {
      files.node(seat);
    }
  }

  private Path folder(String container) throws IOException {
    return PrivateFile.folder(data.resolve(container));
  }

  private static void copy(Path from, Path to) throws IOException {
    PrivateFile.write(to, Files.readAllBytes(from));
  }

  /** For the server and for the container that prepares it: passwords, one a file. */
  private void database() throws IOException {
    Path passwords = folder("database");
    copy(keyring.secret("superuser"), passwords.resolve("superuser"));
    for (ServiceName service : SERVICES) {
      for (String login : List.of("_owner", "_app")) {
        String name = service.configName() + login;
        copy(password(name), passwords.resolve(name));
      }
    }
  }

  private Path password(String login) throws IOException {
    return new Keyring(PrivateFile.folder(made.keys().resolve("database"))).secret(login);
  }

  private void service(ServiceName service, UpPlan plan) throws IOException {
    String name = service.configName();
    Path folder = folder(name);
    copy(keyring.secret("internal-token"), folder.resolve("internal-token"));
    Settings settings =
        common()
            .with("spring.datasource.url", DATABASE_URL)
            .with("spring.datasource.username", name + "_app")
            .with("spring.datasource.password", Files.readString(password(name + "_app")))
            .with("spring.flyway.user", name + "_owner")
            .with("spring.flyway.password", Files.readString(password(name + "_owner")))
            // Containers start at once: the database may still have to be made.
            .with("spring.flyway.connect-retries", 60)
            .with("spring.flyway.connect-retries-interval", "2s")
            .with("sotto.platform.instance", "one")
            .with("sotto.platform.internal-token-file", INSIDE.resolve("internal-token"));
    switch (service) {
      case GATEWAY -> settings.with(gateway(folder, plan.model()));
      case ORCHESTRATION -> {
        copy(made.roots(), folder.resolve("roots.json"));
        settings.with(SettingsOf.orchestration(INSIDE.resolve("roots.json")));
      }
      case VERIFICATION -> {
        PrivateFile.folder(folder.resolve("state"));
        settings
            .with(SettingsOf.verification(INSIDE.resolve("state/receipts.key")))
            .with(audits(folder, plan));
      }
      case BILLING, SHARD -> {}
    }
    settings.write(folder.resolve(name + ".yml"));
  }

  private Settings gateway(Path folder, String model) throws IOException {
    copy(keyring.secret("key-secret"), folder.resolve("key-secret"));
    copy(keyring.secret("platform-key"), folder.resolve("platform-key"));
    copy(keyring.apiKey(ServiceSettings.AUDIT_KEY), folder.resolve(ServiceSettings.AUDIT_KEY));
    copy(made.roots(), folder.resolve("roots.json"));
    Path served = PrivateFile.folder(folder.resolve("models").resolve(model));
    copy(publicPart(model), served.resolve(LaneFiles.PUBLIC_PART));
    PrivateFile.folder(folder.resolve("client"));
    return SettingsOf.gateway(
            INSIDE.resolve("key-secret"),
            INSIDE.resolve("client/key"),
            INSIDE.resolve("models"),
            INSIDE.resolve("roots.json"),
            "http://billing:" + PORT,
            "http://verification:" + PORT)
        .with("sotto.gateway.platform-key-file", INSIDE.resolve("platform-key"))
        .with("sotto.gateway.audit-key-file", INSIDE.resolve(ServiceSettings.AUDIT_KEY))
        .with("management.server.port", MANAGEMENT_PORT)
        .with("management.server.address", "0.0.0.0");
  }

  private Path publicPart(String model) {
    return made.models().resolve(model).resolve(LaneFiles.PUBLIC_PART);
  }

  /** What the verification needs to ask as a caller does, and to know the answers. */
  private Settings audits(Path folder, UpPlan plan) throws IOException {
    if (!Files.isRegularFile(plan.answers())) {
      throw new LaunchException(
          "no known answers for audits at %s: sotto provision --lane lane-1 MODEL writes them"
              .formatted(plan.answers()));
    }
    copy(keyring.apiKey(ServiceSettings.AUDIT_KEY), folder.resolve(ServiceSettings.AUDIT_KEY));
    copy(made.roots(), folder.resolve("roots.json"));
    copy(publicPart(plan.model()), folder.resolve(LaneFiles.PUBLIC_PART));
    copy(plan.answers(), folder.resolve("answers"));
    return SettingsOf.audits(
        "http://gateway:" + PORT,
        "http://orchestration:" + PORT,
        INSIDE.resolve(ServiceSettings.AUDIT_KEY),
        INSIDE.resolve("roots.json"),
        INSIDE.resolve(LaneFiles.PUBLIC_PART),
        INSIDE.resolve("answers"),
        plan.model(),
        plan.auditPercent() / 100.0);
  }

  private void node(NodeSeat seat) throws IOException {
    Path folder = folder(seat.process());
    copy(seat.manifest(), folder.resolve("manifest.json"));
    copy(made.roots(), folder.resolve("roots.json"));
    Path keys = PrivateFile.folder(folder.resolve("keys"));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(seat.keys())) {
      for (Path file : files) {
        copy(file, keys.resolve(file.getFileName().toString()));
      }
    }
    Path shard = folder.resolve("shard");
    Files.copy(seat.shard(), shard, StandardCopyOption.REPLACE_EXISTING);
    PrivateFile.folder(folder.resolve("state"));
    common()
        .with(
            SettingsOf.node(
                seat,
                INSIDE.resolve("shard"),
                INSIDE.resolve("keys"),
                INSIDE.resolve("manifest.json"),
                INSIDE.resolve("roots.json"),
                INSIDE.resolve("state")))
        .with("sotto.shard.host", seat.process())
        .with("sotto.shard.port", LINK_PORT)
        .write(folder.resolve("shard.yml"));
  }

  private static Settings common() {
    return new Settings()
        .with("server.address", "0.0.0.0") // within the containers' own network
        .with("server.port", PORT)
        .with("spring.kafka.bootstrap-servers", "kafka:9092");
  }
}
