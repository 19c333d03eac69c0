package dev.sotto.cli.lane;

import dev.sotto.models.shard.ShardRole;
import dev.sotto.node.NodeProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One node's process, led over its standard input and output. */
public final class NodeHandle implements AutoCloseable {
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 5;

  private final String name;
  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;
  private String identity = "";
  private int port;

  private NodeHandle(String name, Process process) {
    this.name = name;
    this.process = process;
    this.in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static NodeHandle start(String name, ShardRole role, Path shard, Path identity)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            NodeProcess.class.getName(),
            role.label(),
            shard.toString(),
            identity.toString()));
    Process p =
        new ProcessBuilder(command)
            .redirectError(identity.resolveSibling(name + ".log").toFile())
            .start();
    return new NodeHandle(name, p);
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
    in.write(line);
    in.newLine();
    in.flush();
  }

  private String told(String word) throws IOException {
    String line;
    try {
      line = CompletableFuture.supplyAsync(this::line).get(START_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("starting " + name + " was interrupted", e);
    } catch (Exception e) {
      throw new IOException(name + " did not start within " + START_SECONDS + " s", e);
    }
    if (!line.startsWith(word)) {
      throw new IOException(name + " did not start: it ended before it said its " + word);
    }
    return line.substring(word.length()).strip();
  }

  private String line() {
    try {
      String line = out.readLine();
      return line == null ? "" : line;
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

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      // it has ended already
    }
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
