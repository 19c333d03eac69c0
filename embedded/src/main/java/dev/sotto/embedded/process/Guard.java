package dev.sotto.embedded.process;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Ends programs that do not watch their parent, PostgreSQL and Kafka, when this process is killed:
 * a shell that waits for the end of its input and then interrupts those that it was told of.
 */
public final class Guard implements Program {
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      all=' '
      while read -r word pid; do
        case $word in
          watch) all="$all$pid " ;;
          forget) all="${all/ $pid / }" ;;
          leave) exit 0 ;;
        esac
      done
      kill -INT $all 2>/dev/null
      """;

  private final Set<Long> pids = new TreeSet<>();
  private @Nullable BufferedWriter out;

  @Override
  public String name() {
    return "guard";
  }

  @Override
  public synchronized Running start() throws IOException {
    Process process =
        new ProcessBuilder(List.of("bash", "-c", SCRIPT))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    out =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII));
    for (long pid : pids) {
      say("watch " + pid);
    }
    return new Shell(process, this);
  }

  /** These and no others. */
  public synchronized void watch(Set<Long> now) {
    for (long pid : now) {
      if (pids.add(pid)) {
        say("watch " + pid);
      }
    }
    for (long pid : List.copyOf(pids)) {
      if (!now.contains(pid)) {
        pids.remove(pid);
        say("forget " + pid);
      }
    }
  }

  private synchronized void say(String line) {
    if (out == null) {
      return;
    }
    try {
      out.write(line);
      out.newLine();
      out.flush();
    } catch (IOException e) {
      out = null; // it has ended; the next one is told everything
    }
  }

  private record Shell(Process started, Guard guard) implements Running {
    @Override
    public ProcessHandle process() {
      return started.toHandle();
    }

    @Override
    public void end() {
      guard.say("leave");
    }

    @Override
    public String epitaph() {
      return "it ended with code " + started.exitValue();
    }
  }
}
