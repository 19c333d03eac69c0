package dev.sotto.embedded.process;

import dev.sotto.data.DataFailure;
import dev.sotto.data.KafkaServer;
import dev.sotto.data.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * PostgreSQL or Kafka, which are there when starting returns, and end when this process does.
 *
 * @param name what people call it
 * @param starting starts the server
 * @param process of the server
 * @param ready told each time that the server is there
 */
public record DataProgram<S extends AutoCloseable>(
    String name,
    java.util.function.Supplier<S> starting,
    Function<S, ProcessHandle> process,
    Consumer<S> ready)
    implements Program {
  /** PostgreSQL in a folder, at a port. */
  public static DataProgram<PostgresServer> postgres(
      Path folder, int port, Consumer<PostgresServer> ready) {
    return new DataProgram<>(
        "postgres", () -> PostgresServer.start(folder, port), PostgresServer::process, ready);
  }

  /** Kafka in a folder, at a port. */
  public static DataProgram<KafkaServer> kafka(Path folder, int port, Consumer<KafkaServer> ready) {
    return new DataProgram<>(
        "kafka", () -> KafkaServer.start(folder, port), KafkaServer::process, ready);
  }

  @Override
  public Running start() throws IOException {
    try {
      S server = starting.get();
      ready.accept(server);
      return new Server(server, process.apply(server));
    } catch (DataFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private record Server(AutoCloseable server, ProcessHandle process) implements Running {
    /** Closing waits until it has ended; here nobody shall. */
    @Override
    public void end() {
      Thread.ofPlatform().name("end-" + process.pid()).daemon().start(this::close);
    }

    private void close() {
      try {
        server.close();
      } catch (Exception e) {
        process.destroyForcibly();
      }
    }

    @Override
    public String epitaph() {
      return "it ended";
    }
  }
}
