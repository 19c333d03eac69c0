package dev.sotto.embedded;

import dev.sotto.contracts.Protection;
import dev.sotto.embedded.folder.Keyring;
import dev.sotto.embedded.folder.LaneFiles;
import dev.sotto.embedded.folder.NodeSeat;
import dev.sotto.embedded.folder.Settings;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PrivateFile;
import dev.sotto.launch.UpPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes what each service and node must be told on this machine. Secrets are in files of their own
 * or in these, which their owner alone can read; never on a command line.
 *
 * @param deployment who runs where
 * @param data where state is kept
 * @param plan what was asked for
 */
record ServiceSettings(Deployment deployment, DataServers data, UpPlan plan) {
  /** The file of the key by which audits ask, as any caller does. */
  static final String AUDIT_KEY = "audit-key";

  /** Writes those of the platform services. */
  void writePlatform() throws IOException {
    writeGateway();
    Path roots = deployment.folder().roots();
    write(
        ServiceName.ORCHESTRATION,
        SettingsOf.orchestration(roots).with(SettingsOf.withoutSecurity()));
    write(ServiceName.BILLING, SettingsOf.withoutSecurity());
  }

  /** Writes those of the nodes. */
  void writeNodes() throws IOException {
    for (NodeSeat seat : deployment.seats()) {
      node(seat).write(PrivateFile.folder(deployment.settingsOf(seat)).resolve("shard.yml"));
    }
  }

  /** Writes what says at which port the gateway is: its own, and that of who asks it. */
  void writeGateway() throws IOException {
    PlatformFolder folder = deployment.folder();
    writeVerification();
    write(
        ServiceName.GATEWAY,
        SettingsOf.gateway(
                keyring().secret("key-secret"),
                folder.key(),
                folder.models(),
                folder.roots(),
                Deployment.page(deployment.port(ServiceName.BILLING), "").toString(),
                Deployment.page(deployment.port(ServiceName.VERIFICATION), "").toString())
            .with("sotto.gateway.platform-key-file", keyring().secret("platform-key"))
            .with("sotto.gateway.audit-key-file", keyring().apiKey(AUDIT_KEY))
            .with("sotto.gateway.protections", protections())
            .with("management.server.port", deployment.ports().of("gateway.management")));
  }

  private void writeVerification() throws IOException {
    PlatformFolder folder = deployment.folder();
    Settings settings =
        SettingsOf.verification(keyring().signerFile("services", "verification"))
            .with("sotto.verification.public-keys-file", folder.receiptKeys())
            .with(SettingsOf.withoutSecurity());
    if (plan.auditPercent() > 0) {
      settings.with(
          SettingsOf.audits(
              deployment.gateway().toString(),
              Deployment.page(deployment.port(ServiceName.ORCHESTRATION), "").toString(),
              keyring().apiKey(AUDIT_KEY),
              folder.roots(),
              folder.models().resolve(plan.model()).resolve(LaneFiles.PUBLIC_PART),
              plan.answers(),
              plan.model(),
              plan.auditPercent() / 100.0));
    }
    write(ServiceName.VERIFICATION, settings);
  }

  /** Where there is a second lane, answers are compared unless a caller asks for less. */
  private String protections() {
    return plan.lanes().size() < Protection.COMPARED.lanes()
        ? Protection.PASSIVE.label()
        : Protection.COMPARED.label() + "," + Protection.PASSIVE.label();
  }

  private Keyring keyring() {
    return new Keyring(deployment.folder().keys());
  }

  /** Adds what platform services have in common. */
  private void write(ServiceName service, Settings own) throws IOException {
    common()
        .with(data.database(service.configName()))
        .with("server.port", deployment.port(service))
        .with("spring.lifecycle.timeout-per-shutdown-phase", "10s")
        .with("sotto.platform.instance", "one")
        .with("sotto.platform.internal-token-file", keyring().secret("internal-token"))
        .with(own)
        .write(deployment.folder().config().resolve(service.configName() + ".yml"));
  }

  private Settings node(NodeSeat seat) throws IOException {
    return common()
        .with(SettingsOf.withoutSecurityAndTables())
        .with(
            SettingsOf.node(
                seat,
                seat.shard(),
                seat.keys(),
                seat.manifest(),
                deployment.folder().roots(),
                seat.state()))
        .with("server.port", deployment.healthPort(seat))
        .with("sotto.shard.host", "127.0.0.1")
        .with("sotto.shard.port", deployment.ports().of(seat.process()));
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
}
