package dev.sotto.cli;

import dev.sotto.launch.Control;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.Leftovers;
import dev.sotto.launch.LoopbackPort;
import dev.sotto.launch.Milestone;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.ServiceStatus;
import dev.sotto.launch.PlatformStatus.State;
import dev.sotto.launch.UpPlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The platform of one home: started in the background, asked, ended. */
record Platform(PlatformFolder folder) {
  private static final long LOOK_MILLIS = 300;

  /** Nodes finish their jobs, then databases write what they have. */
  private static final Duration LONGEST_END = Duration.ofMinutes(2);

  static Platform of(Home home) {
    return new Platform(home.platform());
  }

  /**
   * The platform's files, once it is ready: started as it was last time, or as {@code up} does, if
   * it does not run.
   */
  static PlatformFolder ensureRunning(Home home, ProgressLine progress) throws IOException {
    Platform platform = of(home);
    Optional<UpPlan> last = UpPlan.read(platform.folder());
    UpRequest request = last.map(UpRequest::again).orElseGet(UpRequest::usual);
    platform.up(request, home, progress);
    return platform.folder();
  }

  /**
   * Starts what {@code request} says and returns when it is ready; if the platform runs already,
   * that one.
   */
  PlatformStatus up(UpRequest request, Home home, ProgressLine progress) throws IOException {
    folder.create();
    try (FileChannel channel = open(folder.starting());
        FileLock alone = lock(channel, progress)) {
      if (!alone.isValid()) {
        throw new LaunchException("the lock " + folder.starting() + " was lost");
      }
      if (!running()) {
        int _ = Leftovers.read(folder).end(); // of a supervisor that was killed: they hold ports
        int _ = LoopbackPort.wanted(request.port(), request.portFixed()); // before the long work
        return awaitReady(Optional.of(start(request, home, progress)), progress);
      }
    }
    return awaitReady(Optional.empty(), progress);
  }

  /**
   * Starts the supervisor, which begins with what needs no shards, and meanwhile cuts those that
   * are missing. If that fails, all that was started ends.
   */
  private Process start(UpRequest request, Home home, ProgressLine progress) throws IOException {
    try (LaneShards shards = LaneShards.open(request, home, progress)) {
      UpPlan plan = shards.plan();
      plan.propose(folder);
      try (SupervisorStart supervisor = SupervisorStart.spawn(folder, progress)) {
        shards.calibrate(progress);
        supervisor.tell(Milestone.MODEL);
        shards.cut(progress);
        plan.write(folder);
        supervisor.tell(Milestone.SHARDS);
        return supervisor.process();
      }
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static FileLock lock(FileChannel channel, ProgressLine progress) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock != null) {
      return lock;
    }
    progress.at("waiting for another start of the same home");
    return channel.lock();
  }

  /** Whether a supervisor has the folder. */
  boolean running() throws IOException {
    if (!Files.exists(folder.lock())) {
      return false;
    }
    try (FileChannel channel = open(folder.lock());
        FileLock lock = channel.tryLock()) {
      return lock == null;
    }
  }

  /** How it is; empty if it does not run, or does not answer yet. */
  Optional<PlatformStatus> status() throws IOException {
    return running() ? Control.read(folder).flatMap(Control::status) : Optional.empty();
  }

  private PlatformStatus awaitReady(Optional<Process> supervisor, ProgressLine progress)
      throws IOException {
    while (true) {
      boolean alive =
          supervisor.map(Process::isAlive).orElse(true) && runningOrStarting(supervisor);
      Optional<PlatformStatus> status = alive ? status() : Optional.empty();
      if (status.isPresent()) {
        switch (status.get().state()) {
          case READY, DEGRADED -> {
            return status.get();
          }
          case STOPPING -> throw new CommandFailed("the platform is being stopped; try again");
          case STARTING -> progress.at("starting " + missing(status.get()));
        }
      } else if (alive) {
        progress.at("starting");
      } else {
        throw SupervisorStart.failed(folder);
      }
      pause();
    }
  }

  /** One that was just started may not have its lock yet. */
  private boolean runningOrStarting(Optional<Process> supervisor) throws IOException {
    return supervisor.isPresent() || running();
  }

  private static String missing(PlatformStatus status) {
    String services =
        status.services().stream()
            .filter(service -> !service.up())
            .map(ServiceStatus::name)
            .collect(Collectors.joining(", "));
    return services.isEmpty() ? "lanes" : services;
  }

  private static void pause() {
    CompletableFuture<Void> never = new CompletableFuture<>();
    never.completeOnTimeout(null, LOOK_MILLIS, TimeUnit.MILLISECONDS).join();
  }

  /** Ends everything that runs of this home; whether anything did. */
  boolean down(ProgressLine progress) throws IOException {
    if (!Files.isDirectory(folder.run())) {
      return false;
    }
    boolean ran = running();
    if (ran) {
      progress.at("stopping");
      Optional<Control> control = Control.read(folder);
      Optional<ProcessHandle> supervisor =
          control.flatMap(to -> ProcessHandle.of(to.pid())).filter(ProcessHandle::isAlive);
      if (control.isPresent() && !control.get().down()) {
        supervisor.ifPresent(ProcessHandle::destroy);
      }
      if (supervisor.isPresent() && !gone(supervisor.get())) {
        supervisor.get().destroyForcibly();
        boolean _ = gone(supervisor.get());
      }
      if (running()) {
        throw new CommandFailed(
            "the platform is still starting or stopping; try again in a moment");
      }
    }
    int left = Leftovers.read(folder).end();
    Files.deleteIfExists(folder.children());
    Files.deleteIfExists(folder.control());
    return ran || left > 0;
  }

  static boolean gone(ProcessHandle process) {
    try {
      process.onExit().get(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether jobs are answered now. */
  static boolean well(PlatformStatus status) {
    return status.state() == State.READY;
  }
}
