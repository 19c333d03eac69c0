package dev.sotto.embedded.folder;

import dev.sotto.launch.LaunchException;
import dev.sotto.launch.PrivateFile;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which port of the loopback interface is whose. A port stays the same over restarts as long as
 * nobody else has it. Ports that are drawn lie below those that systems give to outgoing
 * connections.
 */
public final class Ports {
  private static final int FIRST = 15_000;
  private static final int END = 32_000;
  private static final int MOST_TRIES = 1000;
  private static final int LAST_PORT = 65_535;
  private static final int MOST_NEXT = 100;

  private final Path file;
  private final Map<String, Integer> ports = new TreeMap<>();
  private final Set<String> checked = new HashSet<>();

  /** Reads the file, if there is one; LaunchException if it is damaged. */
  public Ports(Path file) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      Properties read = new Properties();
      try (var in = Files.newBufferedReader(file)) {
        read.load(in);
        for (String name : read.stringPropertyNames()) {
          int port = Integer.parseInt(read.getProperty(name));
          if (port < 1 || port > LAST_PORT) {
            throw new NumberFormatException();
          }
          ports.put(name, port);
        }
      } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException e) {
        throw new LaunchException(file + " is damaged; delete it, and ports are chosen anew");
      }
    }
  }

  /** The port of that name: the one of last time, or another if that is taken now. */
  public synchronized int of(String name) throws IOException {
    Integer last = ports.get(name);
    if (last != null && (checked.contains(name) || free(last))) {
      checked.add(name);
      return last;
    }
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < MOST_TRIES; i++) {
      int port = random.nextInt(FIRST, END);
      if (!ports.containsValue(port) && free(port)) {
        ports.put(name, port);
        checked.add(name);
        save();
        return port;
      }
    }
    throw new LaunchException("this machine has no free port from %d to %d".formatted(FIRST, END));
  }

  private void save() throws IOException {
    StringBuilder text = new StringBuilder();
    ports.forEach((name, port) -> text.append(name).append('=').append(port).append('\n'));
    PrivateFile.write(file, text.toString());
  }

  /**
   * The port that a person asked for; where it is taken, an error if only that will do, else the
   * next free one.
   */
  public static int wanted(int port, boolean fixed) throws IOException {
    if (free(port)) {
      return port;
    }
    if (fixed) {
      throw new LaunchException(
          "port %d is taken by another program; choose another with --port".formatted(port));
    }
    for (int next = port + 1; next <= Math.min(LAST_PORT, port + MOST_NEXT); next++) {
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
