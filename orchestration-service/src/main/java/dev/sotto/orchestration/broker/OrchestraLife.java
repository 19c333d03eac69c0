package dev.sotto.orchestration.broker;

import dev.sotto.orchestration.store.Tenure;
import org.springframework.context.SmartLifecycle;

/** Starts after the platform's parts and stops before them. */
final class OrchestraLife implements SmartLifecycle {
  private final Tenure tenure;
  private final Orchestra orchestra;
  private volatile boolean running;

  OrchestraLife(Tenure tenure, Orchestra orchestra) {
    this.tenure = tenure;
    this.orchestra = orchestra;
  }

  @Override
  public void start() {
    running = true;
    tenure.start();
  }

  @Override
  public void stop() {
    running = false;
    orchestra.close();
    tenure.close();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 1100;
  }
}
