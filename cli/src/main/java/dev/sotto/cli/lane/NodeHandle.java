package dev.sotto.cli.lane;

import dev.sotto.models.shard.ShardRole;
import dev.sotto.node.NodeProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** One node's process, led over its standard input and output. */
public final class NodeHandle implements AutoCloseable {
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 3;
  private static final int MOST_LINES = 16; // said and not read; a node says four
  private static final String DJL_CACHE = "DJL_CACHE_DIR";
  private static final int LOG_TAIL_BYTES = 4096;

  private final String name;
  private final Process process;
  private final Path log;
  private final BufferedWriter in;
  private final BlockingQueue<String> said = new ArrayBlockingQueue<>(MOST_LINES);
  private String identity = "";
  private int port;

  private NodeHandle(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    Thread.ofPlatform().name("sotto-hears-" + name).daemon().start(this::listen);
  }

  /** Starts the process. */
  static NodeHandle start(
      String name, ShardRole role, Path shard, Path identity, NodeOptions options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx" + options.heapMegabytes() + "m",
            // Arrays of megabytes: fewer pages to find. Where the system has none, it says nothing.
            "-XX:+UseTransparentHugePages",
            "-Xlog:pagesize=off",
            // Should the kernels be DJL's: it fetches nothing, and reports to nobody.
            "-Dai.djl.offline=true",
            "-DOPT_OUT_TRACKING=true"));
    String cache = System.getProperty(DJL_CACHE);
    if (cache != null) {
      command.add("-D" + DJL_CACHE + "=" + cache);
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            NodeProcess.class.getName(),
            role.label(),
            shard.toString(),
            identity.toString()));
    command.addAll(options.arguments());
    Path log = identity.resolveSibling(name + ".log");
    return new NodeHandle(
        name, new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
  }

  private void listen() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        said.put(line);
      }
      said.put("");
    } catch (IOException e) {
      boolean _ = said.offer("");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void awaitIdentity() throws IOException {
    identity = told("identity");
  }

  void awaitPort() throws IOException {
    port = Integer.parseInt(told("port"));
  }

  void awaitReady() throws IOException {
    told("ready");
  }

  void pin(String peers, String callers) throws IOException {
    say("pin " + peers + " " + callers);
  }

  void join(Path lane) throws IOException {
    say("lane " + lane);
  }

  private void say(String line) throws IOException {
    try {
      in.write(line);
      in.newLine();
      in.flush();
    } catch (IOException e) {
      throw new IOException(name + " did not start" + reason(), e);
    }
  }

  private String told(String word) throws IOException {
    String line;
    try {
      line = said.poll(START_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("starting " + name + " was interrupted", e);
    }
    if (line == null) {
      throw new IOException(name + " did not start within " + START_SECONDS + " s");
    }
    if (!line.startsWith(word)) {
      throw new IOException(name + " did not start" + reason());
    }
    return line.substring(word.length()).strip();
  }

  /** The last thing that the node complained about, if it did. */
  private String reason() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] tail = new byte[(int) Math.min(LOG_TAIL_BYTES, file.length())];
      file.seek(file.length() - tail.length);
      file.readFully(tail);
      List<String> lines = new String(tail, StandardCharsets.UTF_8).strip().lines().toList();
      return lines.isEmpty() ? "" : ": " + lines.getLast().replaceFirst("^node: ", "");
    } catch (IOException e) {
      return "";
    }
  }

  /** Role and stage. */
  public String name() {
    return name;
  }

  String identity() {
    return identity;
  }

  int port() {
    return port;
  }

  /** The process's number. */
  public long pid() {
    return process.pid();
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Asks the process to end: its input does. Does not wait. */
  void end() {
    try {
      in.close();
    } catch (IOException e) {
      // it has ended already
    }
  }

  /** Ends the process now, whatever it does, and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    try {
      boolean _ = process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end();
    try {
      if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }
}
