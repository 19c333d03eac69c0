package dev.sotto.embedded.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code sotto sidecar} of a home whose platform is up, until this is closed.
 *
 * @param started the command
 * @param baseUrl where it listens, with the API's prefix
 */
public record RunningSidecar(Started started, String baseUrl) implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("ready: (http://\\S+/v1)");
  private static final long PATIENCE_SECONDS = 120;

  /** Starts one on a port of its own, or says why it did not start. */
  public static RunningSidecar of(UserHome home) throws IOException, InterruptedException {
    Started started = home.start("sidecar", "--port", "0");
    long start = System.nanoTime();
    while (true) {
      String out = Files.readString(started.out());
      Matcher ready = READY.matcher(out);
      if (ready.find()) {
        return new RunningSidecar(started, ready.group(1));
      }
      String so = out + Files.readString(started.err());
      assertThat(started.process().isAlive()).as(so).isTrue();
      assertThat(System.nanoTime() - start)
          .as(so)
          .isLessThan(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
      boolean _ = new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
    }
  }

  /** Interrupts it, as a user does, and waits until nothing of it is left. */
  @Override
  public void close() {
    List<ProcessHandle> all =
        Stream.concat(started.process().descendants(), Stream.of(started.process().toHandle()))
            .toList();
    started.process().destroy();
    for (ProcessHandle process : all) {
      process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
  }
}
