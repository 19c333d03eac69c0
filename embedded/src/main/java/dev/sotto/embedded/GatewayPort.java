package dev.sotto.embedded;

import dev.sotto.launch.LaunchException;
import dev.sotto.launch.LoopbackPort;
import dev.sotto.launch.UpPlan;
import java.io.IOException;

/**
 * Where the gateway listens: where the user said, or at the next free port. It is chosen anew when
 * somebody else was faster, until it has been told to callers.
 */
final class GatewayPort {
  private final int wanted;
  private final boolean fixed;
  private int port;
  private boolean told;

  GatewayPort(UpPlan plan) throws IOException {
    this.wanted = plan.port();
    this.fixed = plan.portFixed();
    this.port = LoopbackPort.wanted(wanted, fixed);
  }

  /** The port. */
  synchronized int now() {
    return port;
  }

  /** Callers know it: from now on it stays. */
  synchronized void tell() {
    told = true;
  }

  /** Before the gateway starts; IOException if the port is taken and must not change. */
  synchronized void settle() throws IOException {
    if (LoopbackPort.free(port)) {
      return;
    }
    if (told) {
      throw new IOException("port %d is taken by another program".formatted(port));
    }
    try {
      port = LoopbackPort.wanted(wanted, fixed);
    } catch (LaunchException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What a person should know of it, or nothing. */
  synchronized String note() {
    return port == wanted
        ? ""
        : "port %d is taken, so the gateway listens on %d".formatted(wanted, port);
  }
}
