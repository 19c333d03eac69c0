package dev.sotto.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParentDeathTest {
  @TempDir Path folder;

  @Test
  void serversEndWithTheProcessThatStartedThem() throws Exception {
    Process parent =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                StartsBoth.class.getName(),
                folder.toString(),
                Path.of("target", "embedded-data", "programs").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<ProcessHandle> servers = started(parent);
    assertThat(servers).hasSize(2).allMatch(ProcessHandle::isAlive);
    parent.destroyForcibly();
    for (ProcessHandle server : servers) {
      try {
        server.onExit().get(60, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        server.destroyForcibly();
        throw e;
      }
    }
  }

  private static List<ProcessHandle> started(Process parent) throws IOException {
    try (BufferedReader out = parent.inputReader()) {
      return out.lines()
          .filter(line -> line.matches("[0-9]+ [0-9]+"))
          .limit(1)
          .flatMap(line -> Arrays.stream(line.split(" ", -1)))
          .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
          .toList();
    }
  }
}
