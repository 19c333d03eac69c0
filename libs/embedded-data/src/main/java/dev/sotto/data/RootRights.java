package dev.sotto.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Whether this process is root's, and can give that up for a child. */
final class RootRights {
  private RootRights() {}

  /** DataFailure when it is root's and cannot give that up. */
  static boolean held() {
    try {
      if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
        return false;
      }
      Process probe =
          new ProcessBuilder("unshare", "-U", "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0) {
        return true;
      }
    } catch (IOException e) {
      throw new DataFailure(
          "PostgreSQL does not run as root, and 'unshare' (util-linux) is missing: "
              + "install it, or run Sotto as another user",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new DataFailure(
        "PostgreSQL does not run as root, and user namespaces are not allowed here: "
            + "run Sotto as another user");
  }
}
