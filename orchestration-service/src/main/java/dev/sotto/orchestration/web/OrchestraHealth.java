package dev.sotto.orchestration.web;

import dev.sotto.orchestration.broker.Orchestra;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Up while this process acts; out of service while it stands by or the broker is away. */
@Component("orchestraHealthIndicator")
class OrchestraHealth implements HealthIndicator {
  private final Orchestra orchestra;

  OrchestraHealth(Orchestra orchestra) {
    this.orchestra = orchestra;
  }

  @Override
  public Health health() {
    return orchestra.acting() ? Health.up().build() : Health.outOfService().build();
  }
}
