package dev.sotto.embedded;

import dev.sotto.embedded.process.Program;
import dev.sotto.embedded.process.Watched;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.Leftovers;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PlatformStatus.ProcessStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All processes of one platform. What runs is written down, see {@link Leftovers}. */
final class Supervised {
  /** How often a program may end before everything has been there once. */
  private static final int MOST_ENDS = 3;

  /** Nodes finish the jobs that they have. */
  private static final Duration SERVICES_PATIENCE = Duration.ofSeconds(30);

  private static final Duration DATA_PATIENCE = Duration.ofSeconds(20);

  private final PlatformFolder folder;
  private final InstantSource clock;
  private final List<Watched> data = new ArrayList<>();
  private final List<Watched> services = new ArrayList<>();

  Supervised(PlatformFolder folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /** Starts PostgreSQL or Kafka, which end last. */
  void data(Program program) {
    start(program, data);
  }

  /** Starts what uses them. */
  void service(Program program) {
    start(program, services);
  }

  private void start(Program program, List<Watched> group) {
    Watched watched = new Watched(program, clock, this::changed);
    synchronized (this) {
      group.add(watched);
    }
    watched.start();
  }

  private synchronized List<Watched> all() {
    List<Watched> all = new ArrayList<>(data);
    all.addAll(services);
    return all;
  }

  private synchronized void changed() {
    try {
      new Leftovers(all().stream().flatMap(watched -> watched.entry().stream()).toList())
          .write(folder);
    } catch (IOException e) {
      // A full disk must not end what runs: each process also ends when its parent does.
    }
  }

  List<ProcessStatus> status() {
    return all().stream().map(Watched::status).toList();
  }

  /** LaunchException that names a program which ends again and again. */
  void checkStart() {
    all().stream()
        .filter(watched -> watched.ends() >= MOST_ENDS)
        .max(Comparator.comparingInt(Watched::ends))
        .ifPresent(
            watched -> {
              throw new LaunchException(
                  "%s does not start: %s; its log is %s"
                      .formatted(
                          watched.name(),
                          watched.lastEnd().orElse("nobody knows why"),
                          folder.log(watched.name())));
            });
  }

  /** Ends all: those who serve first, then where their state is kept. */
  void stop() throws InterruptedException {
    stop(List.copyOf(services), SERVICES_PATIENCE);
    stop(List.copyOf(data), DATA_PATIENCE);
  }

  private void stop(List<Watched> group, Duration patience) throws InterruptedException {
    group.forEach(Watched::end);
    for (Watched watched : group) {
      watched.stop(patience); // all have been asked: the waits overlap
    }
  }
}
