package dev.sotto.disposable;

import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL and one Kafka for all tests of a JVM, started when first asked for, gone with it.
 */
public final class DisposableData {
  private static @Nullable Servers servers;
  private static @Nullable Postgres postgres;
  private static @Nullable Kafka kafka;

  private DisposableData() {}

  /** The PostgreSQL of this JVM. */
  public static synchronized Postgres postgres() {
    if (postgres == null) {
      postgres = servers().postgres();
    }
    return postgres;
  }

  /** The Kafka of this JVM. */
  public static synchronized Kafka kafka() {
    if (kafka == null) {
      kafka = servers().kafka();
    }
    return kafka;
  }

  private static Servers servers() {
    Servers chosen = servers;
    if (chosen == null) {
      chosen = choose();
      servers = chosen;
      Runtime.getRuntime().addShutdownHook(new Thread(chosen::close, "dispose"));
    }
    return chosen;
  }

  /** What is amiss with the engine is said; what is amiss with a container fails the test. */
  private static Servers choose() {
    Engine engine = Engine.here();
    System.out.println("PostgreSQL and Kafka for tests: " + engine.finding());
    return engine.usable() ? new Containers() : new Processes();
  }
}
