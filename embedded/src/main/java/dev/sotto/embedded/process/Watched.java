package dev.sotto.embedded.process;

import dev.sotto.launch.Leftovers;
import dev.sotto.launch.PlatformStatus.ProcessStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one program running: when it ends it is started again, at once the first time and later
 * after a pause that grows to {@link #LONGEST_PAUSE}.
 */
public final class Watched {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /** A program that ran as long as this has recovered: the next pause is the first again. */
  private static final Duration SOUND = Duration.ofSeconds(30);

  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final Program program;
  private final InstantSource clock;
  private final Runnable onChange;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  private Program.@Nullable Running running;
  private long since;
  private int ends;
  private @Nullable String lastEnd;

  /**
   * Does not start it yet.
   *
   * @param onChange called after each start and end, from a thread of this object
   */
  public Watched(Program program, InstantSource clock, Runnable onChange) {
    this.program = program;
    this.clock = clock;
    this.onChange = onChange;
    this.thread = Thread.ofPlatform().name("watch-" + program.name()).daemon().unstarted(this::run);
  }

  /** Begins. */
  public void start() {
    thread.start();
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    try {
      while (stopping.getCount() > 0) {
        long began = clock.millis();
        String end = runOnce();
        synchronized (this) {
          running = null;
          since = 0;
          ends++;
          lastEnd = end;
        }
        onChange.run();
        if (clock.millis() - began > SOUND.toMillis()) {
          pause = FIRST_PAUSE;
        }
        if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String runOnce() throws InterruptedException {
    Program.Running now;
    try {
      now = program.start();
    } catch (IOException e) {
      return "it could not be started: " + e.getMessage();
    }
    synchronized (this) {
      running = now;
      since = clock.millis();
    }
    if (stopping.getCount() == 0) { // told to stop while it was being started
      boolean _ = Thread.interrupted();
      now.end();
    }
    onChange.run();
    try {
      now.process().onExit().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return now.epitaph();
  }

  /** What people call it. */
  public String name() {
    return program.name();
  }

  /** Its process, while there is one. */
  public synchronized Optional<ProcessHandle> process() {
    return Optional.ofNullable(running).map(Program.Running::process);
  }

  /** How often it ended, or could not be started. */
  public synchronized int ends() {
    return ends;
  }

  /** How it last ended, if it did. */
  public synchronized Optional<String> lastEnd() {
    return Optional.ofNullable(lastEnd);
  }

  /** How it is. */
  public synchronized ProcessStatus status() {
    return new ProcessStatus(
        program.name(), process().map(ProcessHandle::pid).orElse(0L), since, ends, lastEnd);
  }

  /** Its process, for {@link Leftovers}. */
  public Optional<Leftovers.Entry> entry() {
    return process().map(process -> Leftovers.Entry.of(program.name(), process));
  }

  /** Asks it to end and not to come back; does not wait. */
  public void end() {
    stopping.countDown();
    Program.Running now;
    synchronized (this) {
      now = running;
      if (now == null) {
        thread.interrupt(); // it may be starting, or pausing
      }
    }
    if (now != null) {
      now.end();
    }
  }

  /** Ends it, by force if it takes longer than {@code patience}. */
  public void stop(Duration patience) throws InterruptedException {
    end();
    if (gone(patience)) {
      return;
    }
    process().ifPresent(ProcessHandle::destroyForcibly);
    boolean _ = gone(LAST_WORDS);
  }

  private boolean gone(Duration patience) throws InterruptedException {
    if (thread.getState() == Thread.State.NEW) {
      return true;
    }
    return thread.join(patience);
  }
}
