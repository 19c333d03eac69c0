package dev.sotto.embedded;

import dev.sotto.embedded.folder.NodeSeat;
import dev.sotto.embedded.folder.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What each service must be told, wherever it runs. */
final class SettingsOf {
  private static final List<String> SECURITY =
      List.of("org.springframework.boot.security.", "org.springdoc.");

  private static final List<String> TABLES =
      List.of(
          "org.springframework.boot.jdbc.",
          "org.springframework.boot.flyway.",
          "org.springframework.boot.sql.",
          "org.springframework.boot.persistence.",
          "org.springframework.boot.transaction.");

  private SettingsOf() {}

  static Settings gateway(
      Path keySecret,
      Path firstKey,
      Path models,
      Path roots,
      String billingUrl,
      String verificationUrl) {
    return new Settings()
        .with("sotto.gateway.key-secret-file", keySecret)
        .with("sotto.gateway.first-key-file", firstKey)
        .with("sotto.gateway.models-folder", models)
        .with("sotto.gateway.roots-file", roots)
        .with("sotto.gateway.billing-url", billingUrl)
        .with("sotto.gateway.verification-url", verificationUrl);
  }

  static Settings orchestration(Path roots) {
    return new Settings().with("sotto.orchestration.roots-file", roots);
  }

  static Settings verification(Path key) {
    return new Settings().with("sotto.verification.key-file", key);
  }

  /**
   * How the verification audits lanes.
   *
   * @param share of the time that audits may take
   */
  static Settings audits(
      String gatewayUrl,
      String orchestrationUrl,
      Path key,
      Path roots,
      Path model,
      Path answers,
      String modelName,
      double share) {
    return new Settings()
        .with("sotto.verification.audits.gateway-url", gatewayUrl)
        .with("sotto.verification.audits.orchestration-url", orchestrationUrl)
        .with("sotto.verification.audits.key-file", key)
        .with("sotto.verification.audits.roots-file", roots)
        .with("sotto.verification.audits.model-file", model)
        .with("sotto.verification.audits.answers-file", answers)
        .with("sotto.verification.audits.model", modelName)
        .with("sotto.verification.audits.share", share);
  }

  /** A node's seat and files; the latter may lie elsewhere than the seat says. */
  static Settings node(
      NodeSeat seat, Path shard, Path keys, Path manifest, Path roots, Path state) {
    return new Settings()
        .with("sotto.shard.role", seat.role().label())
        .with("sotto.shard.stage", seat.stage())
        .with("sotto.shard.shard-file", shard)
        .with("sotto.shard.keys-folder", keys)
        .with("sotto.shard.manifest-file", manifest)
        .with("sotto.shard.roots-file", roots)
        .with("sotto.shard.state-folder", state);
  }

  /** For services that share a class path with the gateway. */
  static Settings withoutSecurity() {
    return hide(SECURITY);
  }

  /** For nodes that share a class path with all services. */
  static Settings withoutSecurityAndTables() {
    return hide(Stream.concat(SECURITY.stream(), TABLES.stream()).toList());
  }

  private static Settings hide(List<String> beginnings) {
    return new Settings().with(HiddenAutoConfigurations.SETTING, String.join(",", beginnings));
  }
}
