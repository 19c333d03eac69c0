package dev.sotto.cli;

import dev.sotto.cli.bench.RunningPlatform;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.ProcessStatus;
import dev.sotto.launch.UpPlan;
import dev.sotto.models.MadeUpModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A platform of a bench's own, in a folder that goes with it: it shares a home's models and shards
 * and nothing else, and runs beside the home's platform, if there is one. It ends with this
 * process, however that ends, but for a kill.
 */
final class BenchPlatform implements RunningPlatform {
  private static final long SMALL_SEED = 7;
  private static final Duration LONGEST_END = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofMillis(300);

  private final Path folder;
  private final Platform platform;
  private final PlatformStatus status;
  private final Thread last;

  private BenchPlatform(Path folder, Platform platform, PlatformStatus status, Thread last) {
    this.folder = folder;
    this.platform = platform;
    this.status = status;
    this.last = last;
  }

  /**
   * Starts one with one lane.
   *
   * @param home where the model and its shards are, or go
   */
  static BenchPlatform start(String model, Home home, ProgressLine progress) throws IOException {
    return start(folder(home), model, home, progress);
  }

  /** Starts one of a made-up model that computes in milliseconds, which goes with it. */
  static BenchPlatform small(Home home, ProgressLine progress) throws IOException {
    Path folder = folder(home);
    Path model = folder.resolve("small");
    MadeUpModel.small(SMALL_SEED).write(model);
    return start(folder, model.toString(), new Home(folder.resolve("home")), progress);
  }

  private static Path folder(Home home) throws IOException {
    return Files.createTempDirectory(Files.createDirectories(home.run()), "platform-");
  }

  private static BenchPlatform start(Path folder, String model, Home home, ProgressLine progress)
      throws IOException {
    Platform platform = new Platform(new PlatformFolder(folder.resolve("platform")));
    Thread last =
        Thread.ofPlatform().name("sotto-bench-end").unstarted(() -> end(platform, folder));
    Runtime.getRuntime().addShutdownHook(last);
    try {
      UpRequest request = new UpRequest(model, 1, 1, somePort(), false, 0, null, null, false);
      PlatformStatus status = platform.up(request, home, progress);
      return new BenchPlatform(folder, platform, status, last);
    } catch (IOException | RuntimeException e) {
      Runtime.getRuntime().removeShutdownHook(last);
      end(platform, folder);
      throw e;
    }
  }

  /** Not the one that {@code up} would take: the user's own platform may come meanwhile. */
  private static int somePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Math.max(UpPlan.DEFAULT_PORT + 1, socket.getLocalPort());
    }
  }

  private static void end(Platform platform, Path folder) {
    long start = System.nanoTime();
    try (ProgressLine silent = ProgressLine.on(new PrintWriter(PrintWriter.nullWriter()))) {
      while (!down(platform, silent) && System.nanoTime() - start < LONGEST_END.toNanos()) {
        LockSupport.parkNanos(LOOK.toNanos());
      }
      delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether nothing runs any more; what is only just starting cannot be ended yet. */
  private static boolean down(Platform platform, ProgressLine progress) throws IOException {
    try {
      boolean _ = platform.down(progress);
      return !platform.running();
    } catch (CommandFailed e) {
      return false;
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public String url() {
    return status.url();
  }

  @Override
  public String model() {
    return status.model();
  }

  @Override
  public String key() {
    return word(platform.folder().key());
  }

  @Override
  public String platformKey() {
    return word(platform.folder().platformKey());
  }

  private static String word(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public SortedMap<String, Long> processes() {
    SortedMap<String, Long> processes = new TreeMap<>();
    for (ProcessStatus process : status.processes()) {
      processes.put(process.name(), process.pid());
    }
    return Collections.unmodifiableSortedMap(processes);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(last);
    } catch (IllegalStateException e) {
      return; // this process is ending: the hook does it
    }
    end(platform, folder);
  }
}
