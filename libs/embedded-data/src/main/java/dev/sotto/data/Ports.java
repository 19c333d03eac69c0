package dev.sotto.data;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports of the loopback interface. */
final class Ports {
  static final String LOOPBACK = "127.0.0.1";

  private Ports() {}

  /** Returns when somebody listens at a port. */
  static void connect(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), port), 1000);
    } catch (IOException e) {
      throw new DataFailure("Nobody listens at port " + port, e);
    }
  }

  /** The port itself when it is free; DataFailure when somebody has it; for 0, one that is free. */
  static int claim(String what, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), port));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new DataFailure(
          "Port " + port + " of " + what + " is taken; stop what uses it or choose another", e);
    }
  }
}
