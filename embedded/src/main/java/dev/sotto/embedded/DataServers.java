package dev.sotto.embedded;

import dev.sotto.data.KafkaServer;
import dev.sotto.data.PostgresServer;
import dev.sotto.embedded.folder.Keyring;
import dev.sotto.embedded.folder.Ports;
import dev.sotto.embedded.folder.Settings;
import dev.sotto.embedded.process.DataProgram;
import dev.sotto.embedded.process.Program;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PlatformStatus.ServiceStatus;
import dev.sotto.launch.PrivateFile;
import dev.sotto.launch.UpPlan;
import dev.sotto.platform.data.DatabaseSetup;
import dev.sotto.platform.data.ServiceLogin;
import dev.sotto.platform.data.Superuser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The database server and the broker: our own, as processes, or others that are there already. */
final class DataServers {
  private static final String DATABASE = "sotto";
  private static final List<String> SCHEMAS =
      List.of("gateway", "orchestration", "billing", "verification");

  private final PlatformFolder folder;
  private final UpPlan plan;
  private final int postgresPort;
  private final int kafkaPort;
  private volatile @Nullable PostgresServer postgres;
  private volatile @Nullable KafkaServer kafka;
  private String databaseUrl = "";

  private DataServers(PlatformFolder folder, UpPlan plan, int postgresPort, int kafkaPort) {
    this.folder = folder;
    this.plan = plan;
    this.postgresPort = postgresPort;
    this.kafkaPort = kafkaPort;
  }

  static DataServers of(PlatformFolder folder, UpPlan plan, Ports ports) throws IOException {
    return new DataServers(
        folder,
        plan,
        plan.postgres() == null ? ports.of("postgres") : 0,
        plan.kafka() == null ? ports.of("kafka") : 0);
  }

  /** Those that we run. */
  List<Program> programs() {
    List<Program> programs = new ArrayList<>();
    if (plan.postgres() == null) {
      programs.add(
          DataProgram.postgres(folder.postgres(), postgresPort, server -> postgres = server));
    }
    if (plan.kafka() == null) {
      programs.add(DataProgram.kafka(folder.kafka(), kafkaPort, server -> kafka = server));
    }
    return programs;
  }

  /** Whether all are there. */
  boolean ready() {
    return (plan.postgres() != null || postgres != null) && (plan.kafka() != null || kafka != null);
  }

  /** How those that we run are. */
  List<ServiceStatus> status() {
    List<ServiceStatus> status = new ArrayList<>();
    if (plan.postgres() == null) {
      PostgresServer server = postgres;
      status.add(status("postgres", server != null && server.process().isAlive()));
    }
    if (plan.kafka() == null) {
      KafkaServer server = kafka;
      status.add(status("kafka", server != null && server.process().isAlive()));
    }
    return status;
  }

  private static ServiceStatus status(String name, boolean up) {
    return new ServiceStatus(name, up, up ? "" : "is not there");
  }

  /** Makes what services need before their first start. */
  void setUp() throws IOException {
    PostgresServer own = postgres;
    UpPlan.Postgres external = plan.postgres();
    Superuser superuser =
        external != null
            ? new Superuser(
                external.url(),
                external.user(),
                Files.readString(Path.of(external.passwordFile())).strip())
            : new Superuser(
                Objects.requireNonNull(own).url("postgres"), own.superuser(), own.password());
    List<ServiceLogin> logins = new ArrayList<>();
    for (String schema : SCHEMAS) {
      logins.add(login(schema));
    }
    databaseUrl = DatabaseSetup.prepare(superuser, DATABASE, logins);
  }

  private ServiceLogin login(String schema) throws IOException {
    Keyring passwords = new Keyring(PrivateFile.folder(folder.keys().resolve("database")));
    return new ServiceLogin(
        schema,
        Files.readString(passwords.secret(schema + "_owner")),
        Files.readString(passwords.secret(schema + "_app")));
  }

  /** How a service reaches its schema. */
  Settings database(String schema) throws IOException {
    ServiceLogin login = login(schema);
    return new Settings()
        .with("spring.datasource.url", databaseUrl)
        .with("spring.datasource.username", login.app())
        .with("spring.datasource.password", login.appPassword())
        .with("spring.flyway.user", login.owner())
        .with("spring.flyway.password", login.ownerPassword());
  }

  /** Where the broker is. */
  String kafkaServers() {
    UpPlan.Kafka external = plan.kafka();
    return external == null ? "127.0.0.1:" + kafkaPort : external.servers();
  }

  /** What clients of an external broker need beside its address. */
  Map<String, String> kafkaExtra() throws IOException {
    UpPlan.Kafka external = plan.kafka();
    if (external == null || external.propertiesFile() == null) {
      return Map.of();
    }
    Properties read = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(external.propertiesFile()))) {
      read.load(in);
    } catch (IllegalArgumentException e) {
      throw new LaunchException(external.propertiesFile() + " is not a file of properties");
    }
    Map<String, String> extra = new HashMap<>();
    read.stringPropertyNames().forEach(name -> extra.put(name, read.getProperty(name)));
    return extra;
  }

  /** All that a client needs. */
  Map<String, Object> kafkaProperties() throws IOException {
    Map<String, Object> all = new HashMap<>(kafkaExtra());
    all.put("bootstrap.servers", kafkaServers());
    return all;
  }
}
