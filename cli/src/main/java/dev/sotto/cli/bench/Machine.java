package dev.sotto.cli.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What figures were measured on.
 *
 * @param processor its model
 * @param cores as the system counts them
 * @param memoryBytes of the machine; 0 where the system does not tell
 * @param jdk name and version
 * @param os name, version and architecture
 * @param load jobs that wanted a core over the minute before; negative where the system does not
 *     tell
 */
public record Machine(
    String processor, int cores, long memoryBytes, String jdk, String os, double load) {
  /** This one, now. */
  public static Machine here() {
    Runtime.Version version = Runtime.version();
    return new Machine(
        field("/proc/cpuinfo", "model name", "unknown"),
        Runtime.getRuntime().availableProcessors(),
        kilobytes(field("/proc/meminfo", "MemTotal", "0")) * 1024,
        System.getProperty("java.vm.name") + " " + version,
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String field(String file, String label, String otherwise) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(label))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException | java.io.UncheckedIOException e) {
      return otherwise;
    }
  }

  private static long kilobytes(String text) {
    String digits = text.replaceAll("\\D.*", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }

  /** As {@code --json} writes it. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("processor", processor);
    facts.put("cores", cores);
    facts.put("memory_bytes", memoryBytes);
    facts.put("jdk", jdk);
    facts.put("os", os);
    facts.put("load_before", load);
    return facts;
  }
}
