package dev.sotto.embedded;

import java.util.Locale;

/** The services that a {@link ServiceProcess} can run. */
enum ServiceName {
  GATEWAY("dev.sotto.gateway.GatewayService"),
  ORCHESTRATION("dev.sotto.orchestration.OrchestrationService"),
  BILLING("dev.sotto.billing.BillingService"),
  VERIFICATION("dev.sotto.verification.VerificationService"),
  SHARD("dev.sotto.shard.ShardService"),
  SIDECAR("dev.sotto.sidecar.Sidecar");

  private final String mainClass;

  ServiceName(String mainClass) {
    this.mainClass = mainClass;
  }

  static ServiceName of(String name) {
    for (ServiceName service : values()) {
      if (service.configName().equals(name)) {
        return service;
      }
    }
    throw new IllegalArgumentException("there is no service " + name);
  }

  Class<?> mainClass() throws ClassNotFoundException {
    return Class.forName(mainClass);
  }

  /** Its name in {@code spring.config.name}. */
  String configName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
