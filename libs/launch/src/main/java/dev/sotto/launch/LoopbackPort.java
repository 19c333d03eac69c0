package dev.sotto.launch;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Whether ports of this machine's loopback interface can be had. */
public final class LoopbackPort {
  private static final int LAST = 65_535;
  private static final int MOST_NEXT = 100;

  private LoopbackPort() {}

  /**
   * The port that a person asked for; where it is taken, LaunchException if only that will do, else
   * the next free one.
   */
  public static int wanted(int port, boolean fixed) throws IOException {
    if (free(port)) {
      return port;
    }
    if (fixed) {
      throw new LaunchException(
          "port %d is taken by another program; choose another with --port".formatted(port));
    }
    for (int next = port + 1; next <= Math.min(LAST, port + MOST_NEXT); next++) {
      if (free(next)) {
        return next;
      }
    }
    throw new LaunchException(
        "port %d and the %d after it are taken; choose another with --port"
            .formatted(port, MOST_NEXT));
  }

  /** Whether nobody listens there now. */
  public static boolean free(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // what was closed a moment ago does not count
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      return true;
    } catch (BindException e) {
      return false;
    }
  }
}
