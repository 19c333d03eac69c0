package dev.sotto.data;

import java.io.IOException;
import java.nio.file.Path;

/** A process that starts both servers, says their numbers, and waits to be killed. */
final class StartsBoth {
  private StartsBoth() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    PostgresServer postgres = PostgresServer.start(folder.resolve("pg"), 0, Path.of(args[1]), true);
    KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"), 0);
    System.out.println(postgres.process().pid() + " " + kafka.process().pid());
    System.in.read();
  }
}
