package dev.sotto.embedded;

import dev.sotto.launch.Milestone;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How far that is which this start needs, as who started this process tells it. */
final class Preparation {
  private final Set<Milestone> reached = ConcurrentHashMap.newKeySet();

  private Preparation() {}

  /**
   * Listens from now on.
   *
   * @param abandoned called if nobody will finish it: who started this process is gone, or failed
   */
  static Preparation heard(InputStream in, Runnable abandoned) {
    Preparation preparation = new Preparation();
    Thread.ofPlatform()
        .name("sotto-preparation")
        .daemon()
        .start(() -> preparation.listen(in, abandoned));
    return preparation;
  }

  private void listen(InputStream in, Runnable abandoned) {
    try {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (Milestone next : Milestone.values()) {
        if (!next.name().equals(lines.readLine())) {
          abandoned.run();
          return;
        }
        reached.add(next);
      }
    } catch (IOException e) {
      abandoned.run();
    }
  }

  /** Whether that is there. */
  boolean has(Milestone milestone) {
    return reached.contains(milestone);
  }
}
