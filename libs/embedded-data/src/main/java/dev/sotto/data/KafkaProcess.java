package dev.sotto.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;

/**
 * The broker's process: formats its folder the first time, then runs Kafka's own main program. It
 * halts when its standard input ends, which it does when the process that started it ends.
 */
public final class KafkaProcess {
  private KafkaProcess() {}

  /** Takes the path of a properties file and the folder that Kafka's log.dirs names. */
  public static void main(String[] args) throws IOException {
    haltWithParent();
    Path properties = Path.of(args[0]);
    if (!Files.exists(Path.of(args[1]).resolve("meta.properties"))) {
      int status =
          kafka.tools.StorageTool.execute(
              new String[] {
                "format",
                "--cluster-id",
                Uuid.randomUuid().toString(),
                "--config",
                properties.toString(),
                "--ignore-formatted"
              },
              System.out);
      if (status != 0) {
        System.exit(status);
      }
    }
    kafka.Kafka.main(new String[] {properties.toString()});
  }

  private static void haltWithParent() {
    Thread.ofPlatform()
        .daemon()
        .name("parent")
        .start(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // nothing is ever sent
                }
              } catch (IOException e) {
                // as good as the end
              }
              Runtime.getRuntime().exit(0); // with Kafka's own hooks, which close its files
            });
  }
}
