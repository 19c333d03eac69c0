package dev.sotto.embedded;

import dev.sotto.embedded.folder.Keyring;
import dev.sotto.embedded.folder.NodeSeat;
import dev.sotto.embedded.folder.Settings;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/**
 * Writes what each service and node must be told on this machine. Secrets are in files of their own
 * or in these, which their owner alone can read; never on a command line.
 *
 * @param deployment who runs where
 * @param data where state is kept
 */
record ServiceSettings(Deployment deployment, DataServers data) {
  private static final List<String> SECURITY =
      List.of("org.springframework.boot.security.", "org.springdoc.");

  private static final List<String> TABLES =
      List.of(
          "org.springframework.boot.jdbc.",
          "org.springframework.boot.flyway.",
          "org.springframework.boot.sql.",
          "org.springframework.boot.persistence.",
          "org.springframework.boot.transaction.");

  void write() throws IOException {
    PlatformFolder folder = deployment.folder();
    write(gateway());
    write(orchestration());
    write(billing());
    write(verification());
    for (NodeSeat seat : deployment.seats()) {
      node(seat).write(PrivateFile.folder(deployment.settingsOf(seat)).resolve("shard.yml"));
    }
    // A first start that was cut off may have left half a key.
    if (Files.exists(folder.key()) && Files.size(folder.key()) == 0) {
      Files.delete(folder.key());
    }
  }

  /** The settings of one service. */
  private record OfService(ServiceName service, Settings settings) {}

  private void write(OfService of) throws IOException {
    of.settings().write(deployment.folder().config().resolve(of.service().configName() + ".yml"));
  }

  private Keyring keyring() {
    return new Keyring(deployment.folder().keys());
  }

  private OfService gateway() throws IOException {
    PlatformFolder folder = deployment.folder();
    return new OfService(
        ServiceName.GATEWAY,
        service(ServiceName.GATEWAY)
            .with("sotto.gateway.key-secret-file", keyring().secret("key-secret"))
            .with("sotto.gateway.first-key-file", folder.key())
            .with("sotto.gateway.models-folder", folder.models())
            .with("sotto.gateway.roots-file", folder.roots())
            .with("management.server.port", deployment.ports().of("gateway.management"))
            .with("sotto.gateway.billing-url", url(ServiceName.BILLING)));
  }

  private OfService orchestration() throws IOException {
    return new OfService(
        ServiceName.ORCHESTRATION,
        service(ServiceName.ORCHESTRATION)
            .with(hide(SECURITY))
            .with("sotto.orchestration.roots-file", deployment.folder().roots()));
  }

  private OfService billing() throws IOException {
    return new OfService(ServiceName.BILLING, service(ServiceName.BILLING).with(hide(SECURITY)));
  }

  private OfService verification() throws IOException {
    Keyring keyring = keyring();
    keyring.signer("service", "verification");
    return new OfService(
        ServiceName.VERIFICATION,
        service(ServiceName.VERIFICATION)
            .with(hide(SECURITY))
            .with("sotto.verification.key-file", keyring.signerFile("service", "verification"))
            .with("sotto.verification.public-keys-file", deployment.folder().receiptKeys()));
  }

  private Settings node(NodeSeat seat) throws IOException {
    return common()
        .with(hide(both(SECURITY, TABLES)))
        .with("server.port", deployment.healthPort(seat))
        .with("sotto.shard.role", seat.role().label())
        .with("sotto.shard.stage", seat.stage())
        .with("sotto.shard.shard-file", seat.shard())
        .with("sotto.shard.keys-folder", seat.keys())
        .with("sotto.shard.manifest-file", seat.manifest())
        .with("sotto.shard.roots-file", deployment.folder().roots())
        .with("sotto.shard.state-folder", seat.state())
        .with("sotto.shard.host", "127.0.0.1")
        .with("sotto.shard.port", deployment.ports().of(seat.process()));
  }

  private static List<String> both(List<String> some, List<String> others) {
    return java.util.stream.Stream.concat(some.stream(), others.stream()).toList();
  }

  private static Settings hide(List<String> beginnings) {
    return new Settings().with(HiddenAutoConfigurations.SETTING, String.join(",", beginnings));
  }

  /** What all have in common. */
  private Settings common() throws IOException {
    Settings settings =
        new Settings()
            .with("server.address", "127.0.0.1")
            .with("spring.kafka.bootstrap-servers", data.kafkaServers());
    for (Map.Entry<String, String> extra : data.kafkaExtra().entrySet()) {
      settings.with("spring.kafka.properties." + extra.getKey(), extra.getValue());
    }
    return settings;
  }

  /** What platform services have in common. */
  private Settings service(ServiceName service) throws IOException {
    return common()
        .with(data.database(service.configName()))
        .with("server.port", deployment.port(service))
        .with("spring.lifecycle.timeout-per-shutdown-phase", "10s")
        .with("sotto.platform.instance", "one")
        .with("sotto.platform.internal-token-file", keyring().secret("internal-token"));
  }

  private String url(ServiceName service) throws IOException {
    return Deployment.page(deployment.port(service), "").toString();
  }
}
