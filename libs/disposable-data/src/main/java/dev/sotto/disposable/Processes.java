package dev.sotto.disposable;

import dev.sotto.data.Folders;
import dev.sotto.data.KafkaServer;
import dev.sotto.data.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Servers as processes of this machine, on a folder below the module's {@code target}. */
final class Processes implements Servers {
  private static final Path HOME = Path.of("target", "embedded-data").toAbsolutePath();

  private final Path folder;
  private @Nullable PostgresServer postgres;
  private @Nullable KafkaServer kafka;

  Processes() {
    try {
      Files.createDirectories(HOME);
      folder = Files.createTempDirectory(HOME, "run-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized Postgres postgres() {
    PostgresServer server =
        PostgresServer.forTests(folder.resolve("postgres"), HOME.resolve("programs"));
    postgres = server;
    return new Postgres(server.url(""), server.superuser(), server.password());
  }

  @Override
  public synchronized Kafka kafka() {
    KafkaServer server = KafkaServer.start(folder.resolve("kafka"), 0);
    kafka = server;
    return new Kafka(server.bootstrap());
  }

  @Override
  public synchronized void close() {
    if (kafka != null) {
      kafka.process().destroyForcibly(); // nothing on it is wanted any more
      kafka.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      // the next `clean` takes it
    }
  }
}
