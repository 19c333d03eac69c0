package dev.sotto.disposable;

/** Something that runs servers for tests; each is started at most once. */
sealed interface Servers extends AutoCloseable permits Containers, Processes {
  /** Starts a PostgreSQL that does not wait for disks. */
  Postgres postgres();

  /** Starts a Kafka. */
  Kafka kafka();

  /** Ends what was started, and forgets what is on it. */
  @Override
  void close();
}
