package dev.sotto.embedded.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.UpPlan;
import dev.sotto.models.MadeUpModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A home of a user's own, a small model in it, and the command line in processes of its own.
 *
 * @param folder the home
 */
public record UserHome(Path folder) {
  private static final long LONGEST_SECONDS = 900;
  private static final long MODEL_SEED = 7;

  /**
   * For a command and all that it starts: they are there in half the time. Not for what computes.
   */
  private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

  /** How a command ended and what it said. */
  public record Outcome(int exitCode, String out, String err) {}

  /** A command that runs. */
  public record Started(Process process, Path out, Path err) {
    /** Waits for its end. */
    public Outcome end() throws IOException, InterruptedException {
      boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      Outcome outcome = new Outcome(ended ? process.exitValue() : -1, text(out), text(err));
      assertThat(ended).as("ends: %s", outcome).isTrue();
      return outcome;
    }

    private static String text(Path file) throws IOException {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
          .replaceAll("WARNING: Using incubator modules.*\\R", "")
          .replaceAll("NOTE: Picked up JDK_JAVA_OPTIONS.*\\R", "");
    }
  }

  /** A home with a model. */
  public static UserHome in(Path folder) throws IOException {
    UserHome home = new UserHome(folder);
    MadeUpModel.small(MODEL_SEED).write(home.model());
    return home;
  }

  /** A port that nobody has, as far as one can know. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** As if an earlier {@code up} had wanted that port, or the next free one. */
  public UserHome wants(int port) throws IOException {
    platform().create();
    plan(port).write(platform());
    return this;
  }

  private UpPlan plan(int port) {
    return new UpPlan(
        "small", model().toString(), 1, List.of("none yet"), port, false, 0, null, null, false);
  }

  /** A supervisor that waits to be told that the model and its shards are there. */
  public Process supervisor() throws IOException {
    platform().create();
    plan(freePort()).propose(platform());
    String classPath = System.getProperty("java.class.path");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            "dev.sotto.embedded.Supervisor",
            platform().path().toString(),
            classPath)
        .redirectErrorStream(true)
        .redirectOutput(platform().log("supervisor").toFile())
        .start();
  }

  /** The model, as the user names it. */
  public Path model() {
    return folder.resolve("small");
  }

  /** What the platform keeps. */
  public PlatformFolder platform() {
    return new PlatformFolder(folder.resolve("home/platform"));
  }

  /** Starts a command on this home. */
  public Started start(String... arguments) throws IOException {
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Dai.djl.offline=true",
            "-Dsotto.platform=" + classPath,
            "-cp",
            classPath,
            "dev.sotto.cli.Main"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--home", folder.resolve("home").toString()));
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    if (small() && !arguments[0].equals("bench")) {
      builder.environment().put("JDK_JAVA_OPTIONS", FIRST_COMPILER);
    }
    return new Started(builder.start(), out, err);
  }

  /** Whether the model is made up; the last compiler's work is worth it for a real one alone. */
  private boolean small() {
    return Files.exists(model());
  }

  /** Runs a command on this home. */
  public Outcome run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).end();
  }

  /** All processes that name this home in their command line, but for this test's own. */
  public List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .filter(line -> line.contains(folder.toString()))
                    .isPresent())
        .toList();
  }
}
