package dev.sotto.data;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process with a log file, waited for until it answers. */
final class Child {
  private static final long LARGEST_LOG = 16 << 20;

  private final String what;
  private final Process process;
  private final Path log;

  private Child(String what, Process process, Path log) {
    this.what = what;
    this.process = process;
    this.log = log;
  }

  static Child start(String what, List<String> command, Path log) {
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
        Files.move(
            log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
      }
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new Child(what, process, log);
    } catch (IOException e) {
      throw new DataFailure(what + " cannot be started: " + e.getMessage(), e);
    }
  }

  Process process() {
    return process;
  }

  /** Returns once the probe succeeds; DataFailure when the process ends first, or too late. */
  void awaitReady(Probe probe, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        probe.attempt();
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        kill();
        throw new DataFailure("Interrupted while " + what + " was starting", e);
      } catch (Exception e) { // whatever a client says while its server is not there yet
        last = e;
      }
      if (ended(Duration.ofMillis(50))) {
        throw new DataFailure(
            what
                + " ended with "
                + process.exitValue()
                + " while starting; its log says:\n"
                + tail());
      }
    }
    kill();
    throw new DataFailure(
        what + " did not answer within " + most.toSeconds() + " s; its log says:\n" + tail(), last);
  }

  /** Whether the process has ended, or ends within a time. */
  boolean ended(Duration within) {
    try {
      return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  /** Ends the process at once. */
  void kill() {
    process.destroyForcibly();
    ended(Duration.ofSeconds(10));
  }

  /** The last lines of its log. */
  String tail() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(0, file.length() - 2000);
      file.seek(from);
      byte[] bytes = new byte[(int) (file.length() - from)];
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Succeeds once the process answers. */
  interface Probe {
    void attempt() throws Exception;
  }
}
