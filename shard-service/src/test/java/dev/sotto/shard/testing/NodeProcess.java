package dev.sotto.shard.testing;

import dev.sotto.shard.ShardService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node in a process of its own, as it is shipped. */
public final class NodeProcess implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Process process;
  private final Path log;

  /** Starts it. */
  public NodeProcess(SmallLane lane, Seat seat, Path log, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx768m",
            "-cp",
            java.lang.management.ManagementFactory.getRuntimeMXBean().getClassPath(),
            ShardService.class.getName()));
    command.addAll(lane.arguments(seat, more));
    this.log = log;
    this.process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  /** The signal that asks a process to end. */
  public void terminate() {
    process.destroy();
  }

  /** kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Its exit status once it has ended. */
  public int awaitEnd() throws InterruptedException {
    if (!process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the node did not end; see " + log);
    }
    return process.exitValue();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
