package dev.sotto.embedded.folder;

import dev.sotto.launch.LaunchException;
import dev.sotto.launch.LoopbackPort;
import dev.sotto.launch.PrivateFile;
import java.io.IOException;
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
    if (last != null && (checked.contains(name) || LoopbackPort.free(last))) {
      checked.add(name);
      return last;
    }
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < MOST_TRIES; i++) {
      int port = random.nextInt(FIRST, END);
      if (!ports.containsValue(port) && LoopbackPort.free(port)) {
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
}
