package dev.sotto.embedded.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process may take of the machine's memory. */
final class Footprint {
  /**
   * Beside its heap a JVM has classes, compiled code, threads, buffers, and libraries' own memory.
   */
  private static final long BESIDE_HEAP_BYTES = 448L << 20;

  private static final Pattern HEAP = Pattern.compile("-Xmx([0-9]+)m");

  private Footprint() {}

  /** That a JVM's peak was within its largest heap and what may come beside it. */
  static void assertBounded(String name, long pid) throws IOException {
    String command = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
    Matcher heap = HEAP.matcher(command);
    if (!heap.find()) {
      assertThat(name).as("has no bound on its heap").isEqualTo("postgres");
      return;
    }
    long most = (Long.parseLong(heap.group(1)) << 20) + BESIDE_HEAP_BYTES;
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      long peak =
          lines
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
              .findFirst()
              .orElseThrow();
      assertThat(peak).as("peak of %s", name).isPositive().isLessThan(most);
    }
  }

  /** That no heap was ever full. */
  static void assertNeverOutOfMemory(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      assertThat(lines).as(log.toString()).noneMatch(line -> line.contains("OutOfMemoryError"));
    }
  }
}
