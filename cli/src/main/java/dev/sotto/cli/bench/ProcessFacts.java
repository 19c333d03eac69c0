package dev.sotto.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the system knows of a process. Memory and written bytes come from {@code /proc}; where there
 * is none they are empty.
 */
record ProcessFacts(long pid) {
  static ProcessFacts own() {
    return new ProcessFacts(ProcessHandle.current().pid());
  }

  /** Processor time so far, of all its threads; zero where the system does not tell. */
  Duration processorTime() {
    return ProcessHandle.of(pid)
        .flatMap(handle -> handle.info().totalCpuDuration())
        .orElse(Duration.ZERO);
  }

  /** Bytes that it has written so far, to files and sockets: all links and what frames them. */
  OptionalLong writtenBytes() {
    return field("io", "wchar:", 1);
  }

  /** The most memory that it has held at once, mapped files included. */
  OptionalLong peakBytes() {
    return field("status", "VmHWM:", 1024);
  }

  /** Mapped files in memory now: weight shares, which the system may drop and read again. */
  OptionalLong mappedBytes() {
    return field("status", "RssFile:", 1024);
  }

  private OptionalLong field(String file, String label, long unit) {
    Path path = Path.of("/proc", Long.toString(pid), file);
    try (Stream<String> lines = Files.lines(path)) {
      return lines
          .filter(line -> line.startsWith(label))
          .map(line -> line.substring(label.length()).replace("kB", "").strip())
          .mapToLong(number -> Long.parseLong(number) * unit)
          .findFirst();
    } catch (IOException | java.io.UncheckedIOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
