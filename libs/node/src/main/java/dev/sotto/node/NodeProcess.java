package dev.sotto.node;

import dev.sotto.contracts.Lane;
import dev.sotto.links.IdentityKey;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.ring.KernelChoice;
import dev.sotto.ring.Kernels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A node in a process of its own, led over standard input and output by whoever started it: it says
 * its identity, is told whom to pin, says its port, is told its lane, says that it is ready. When
 * its input ends, it ends: no starter leaves one behind.
 *
 * <pre>
 *   &lt; identity HEX      &gt; pin PEER,PEER,… CALLER,…      &lt; port N      &gt; lane FILE      &lt; ready
 * </pre>
 */
public final class NodeProcess {
  /** Begins the argument that says how many milliseconds to wait for a peer. */
  public static final String PATIENCE_MILLIS = "patience=";

  /** Begins the argument that names the arithmetic's provider. */
  public static final String KERNELS = "kernels=";

  /** Begins the argument that says how many jobs run at once. */
  public static final String JOBS = "jobs=";

  private NodeProcess() {}

  /**
   * Arguments: role, shard file, identity file (made if missing); then, where the usual does not
   * fit, {@value #PATIENCE_MILLIS} with peers, the {@value #KERNELS} by name and {@value #JOBS} at
   * once.
   */
  public static void main(String[] args) {
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> complain(e));
    try {
      run(args);
      System.exit(0);
    } catch (IOException | RuntimeException e) {
      System.err.println("node: " + e.getMessage());
      System.exit(1);
    }
  }

  /** A defect with its place and without its message, which could carry a value of a job. */
  private static void complain(Throwable e) {
    StringBuilder text = new StringBuilder("node: defect: ").append(e.getClass().getName());
    for (StackTraceElement at : e.getStackTrace()) {
      text.append("\n    at ").append(at);
    }
    System.err.println(text);
  }

  private static void run(String[] args) throws IOException {
    if (args.length < 3) {
      throw new IllegalArgumentException("a node takes a role, a shard file and an identity file");
    }
    NodeSettings settings = NodeSettings.DEFAULT;
    String provider = KernelChoice.AUTO;
    for (String option : List.of(args).subList(3, args.length)) {
      if (option.startsWith(PATIENCE_MILLIS)) {
        long millis = number("patience in milliseconds", option, PATIENCE_MILLIS);
        settings = settings.withPeerPatience(Duration.ofMillis(millis));
      } else if (option.startsWith(JOBS)) {
        settings = settings.withJobs((int) number("number of jobs", option, JOBS));
      } else if (option.startsWith(KERNELS)) {
        provider = option.substring(KERNELS.length());
      } else {
        throw new IllegalArgumentException("a node knows no option " + option);
      }
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    NodeIdentity self = identity(Path.of(args[2]));
    Shard shard = Shard.open(Path.of(args[1]), ShardRole.of(args[0]));
    say("identity " + self.key().hex());
    String[] pins = told(in, "pin").split(" ", -1);
    if (pins.length != 2) {
      throw new IllegalArgumentException("a node pins peers and callers");
    }
    Kernels kernels = KernelChoice.of(provider).kernels();
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Node node =
        Node.listen(self, shard, kernels, settings, any, keys(pins[0]), keys(pins[1]))) {
      say("port " + node.address().getPort());
      node.join(Lane.fromJson(Files.readAllBytes(Path.of(told(in, "lane")))));
      say("ready");
      while (in.readLine() != null) {
        // Whatever the starter says now is not for us; its silence is.
      }
      System.exit(0); // at once: saying goodbye on every link could wait for a peer that is stuck
    }
  }

  private static long number(String what, String option, String name) {
    try {
      return Integer.parseInt(option.substring(name.length()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a node's " + what + " is a whole number", e);
    }
  }

  private static NodeIdentity identity(Path file) throws IOException {
    if (Files.exists(file)) {
      return NodeIdentity.load(file);
    }
    NodeIdentity fresh = NodeIdentity.create();
    fresh.save(file);
    return fresh;
  }

  private static String told(BufferedReader in, String word) throws IOException {
    String line = in.readLine();
    if (line == null || !line.startsWith(word + " ")) {
      throw new IllegalArgumentException("the starter did not say " + word);
    }
    return line.substring(word.length() + 1);
  }

  private static Set<IdentityKey> keys(String list) {
    return Arrays.stream(list.split(",", -1)).map(IdentityKey::new).collect(Collectors.toSet());
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
