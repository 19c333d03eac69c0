package dev.sotto.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Shows the ends of logs, and what is added to them. */
final class LogTail {
  private static final long MOST_BYTES = 1 << 20;
  private static final long LOOK_MILLIS = 300;

  private final PrintWriter out;
  private final boolean named;
  private final Map<String, Path> files = new LinkedHashMap<>();
  private final Map<String, Long> shown = new LinkedHashMap<>();
  private String last = "";

  /**
   * On an output.
   *
   * @param named whether it says of which log lines are
   */
  LogTail(PrintWriter out, boolean named) {
    this.out = out;
    this.named = named;
  }

  /** Shows the last lines of one. */
  void add(String name, Path file, int lines) throws IOException {
    long size = Files.exists(file) ? Files.size(file) : 0;
    List<String> all =
        new String(read(file, Math.max(0, size - MOST_BYTES), size), StandardCharsets.UTF_8)
            .lines()
            .toList();
    show(name, all.subList(Math.max(0, all.size() - lines), all.size()));
    files.put(name, file);
    shown.put(name, size);
  }

  private void show(String name, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    if (named && !name.equals(last)) {
      out.printf("%n==> %s <==%n", name);
      last = name;
    }
    lines.forEach(out::println);
    out.flush();
  }

  private static byte[] read(Path file, long from, long to) throws IOException {
    if (to <= from) {
      return new byte[0];
    }
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[(int) (to - from)];
      opened.seek(from);
      int length = opened.read(bytes);
      return length == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, Math.max(0, length));
    }
  }

  /** Goes on until the process is interrupted, or nobody reads the output any more. */
  void follow() throws IOException {
    while (!out.checkError()) {
      CompletableFuture<Void> never = new CompletableFuture<>();
      never.completeOnTimeout(null, LOOK_MILLIS, TimeUnit.MILLISECONDS).join();
      step();
    }
  }

  /** Shows the whole lines that were added. */
  void step() throws IOException {
    for (Map.Entry<String, Path> entry : files.entrySet()) {
      long from = shown.getOrDefault(entry.getKey(), 0L);
      long size = Files.exists(entry.getValue()) ? Files.size(entry.getValue()) : 0;
      if (size < from) {
        from = 0; // it was cut
      }
      byte[] added = read(entry.getValue(), from, Math.min(size, from + MOST_BYTES));
      int end = added.length;
      while (end > 0 && added[end - 1] != '\n') {
        end--;
      }
      if (end == 0 && added.length == MOST_BYTES) {
        end = added.length; // a line without an end
      }
      show(entry.getKey(), new String(added, 0, end, StandardCharsets.UTF_8).lines().toList());
      shown.put(entry.getKey(), from + end);
    }
  }
}
