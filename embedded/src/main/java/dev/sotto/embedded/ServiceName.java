package dev.sotto.embedded;

import dev.sotto.billing.BillingService;
import dev.sotto.gateway.GatewayService;
import dev.sotto.orchestration.OrchestrationService;
import dev.sotto.shard.ShardService;
import dev.sotto.verification.VerificationService;
import java.util.Locale;

/** The services that a {@link ServiceProcess} can run. */
enum ServiceName {
  GATEWAY(GatewayService.class),
  ORCHESTRATION(OrchestrationService.class),
  BILLING(BillingService.class),
  VERIFICATION(VerificationService.class),
  SHARD(ShardService.class);

  private final Class<?> mainClass;

  ServiceName(Class<?> mainClass) {
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

  Class<?> mainClass() {
    return mainClass;
  }

  /** Its name in {@code spring.config.name}. */
  String configName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
