package dev.sotto.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The processes of a supervisor, written down so that they can be ended when it was killed: a
 * process is known by its number and the instant that it began, since numbers come again.
 *
 * @param processes all that were started and have not been seen to end
 */
public record Leftovers(List<Entry> processes) {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /**
   * A process.
   *
   * @param name which
   * @param pid its number
   * @param startedAt when it began, as the system says; milliseconds of the epoch
   */
  public record Entry(String name, long pid, long startedAt) {
    /** Of a process that runs. */
    public static Entry of(String name, ProcessHandle process) {
      return new Entry(name, process.pid(), began(process));
    }

    private java.util.Optional<ProcessHandle> alive() {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(p -> began(p) == startedAt);
    }

    private static long began(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
  }

  /** Copies. */
  public Leftovers {
    processes = List.copyOf(processes);
  }

  /** Writes them down. */
  public void write(PlatformFolder folder) throws IOException {
    PrivateFile.write(folder.children(), Json.write(this));
  }

  /** Those that were written down; none if nobody did. */
  public static Leftovers read(PlatformFolder folder) throws IOException {
    return Files.exists(folder.children())
        ? Json.read(folder.children(), Leftovers.class)
        : new Leftovers(List.of());
  }

  /** Ends those that still run, first politely; how many there were. */
  public int end() throws IOException {
    List<ProcessHandle> alive = processes.stream().flatMap(e -> e.alive().stream()).toList();
    alive.forEach(ProcessHandle::destroy);
    if (!gone(alive)) {
      alive.forEach(ProcessHandle::destroyForcibly);
      if (!gone(alive)) {
        throw new IOException("processes of an earlier start do not end: " + processes);
      }
    }
    return alive.size();
  }

  private static boolean gone(List<ProcessHandle> processes) throws IOException {
    try {
      CompletableFuture.allOf(
              processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an earlier start's processes ended", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
