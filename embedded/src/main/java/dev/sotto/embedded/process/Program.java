package dev.sotto.embedded.process;

import java.io.IOException;

/** Something that runs as a process of its own, and can be started again when it has ended. */
public interface Program {
  /** What people call it; its log's name too. */
  String name();

  /** Starts it. IOException says in a sentence why it cannot be. */
  Running start() throws IOException, InterruptedException;

  /** One process of it. */
  interface Running {
    /** The process. */
    ProcessHandle process();

    /** Asks it to end, in good order; does not wait. */
    void end();

    /** How it ended; asked for after it did. */
    String epitaph();
  }
}
