package dev.sotto.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL and one Kafka for all tests of a JVM, started when first asked for, gone with it.
 * PostgreSQL does not wait for disks here, so this is for tests only.
 */
public final class DisposableData {
  private static final Path HOME = Path.of("target", "embedded-data").toAbsolutePath();
  private static @Nullable Path folder;
  private static @Nullable PostgresServer postgres;
  private static @Nullable KafkaServer kafka;

  private DisposableData() {}

  /** The PostgreSQL of this JVM. */
  public static synchronized PostgresServer postgres() {
    if (postgres == null) {
      postgres =
          PostgresServer.start(folder().resolve("postgres"), 0, HOME.resolve("programs"), false);
    }
    return postgres;
  }

  /** The Kafka of this JVM. */
  public static synchronized KafkaServer kafka() {
    if (kafka == null) {
      kafka = KafkaServer.start(folder().resolve("kafka"), 0);
    }
    return kafka;
  }

  private static Path folder() {
    if (folder == null) {
      try {
        Files.createDirectories(HOME);
        folder = Files.createTempDirectory(HOME, "run-");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(DisposableData::dispose, "dispose"));
    }
    return folder;
  }

  private static synchronized void dispose() {
    if (kafka != null) {
      kafka.process().destroyForcibly(); // nothing on it is wanted any more
      kafka.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    try {
      if (folder != null) {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      // the next `clean` takes it
    }
  }
}
