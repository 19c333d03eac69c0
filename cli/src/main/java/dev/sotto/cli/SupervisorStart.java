package dev.sotto.cli;

import dev.sotto.launch.Milestone;
import dev.sotto.launch.PlatformFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A supervisor that is told, over its standard input, when what it needs is there. If this is
 * closed before it was told all, or this process ends, however it does, it ends what it has started
 * and itself.
 */
final class SupervisorStart implements AutoCloseable {
  /** Set by the launcher: the class path of the platform's processes. */
  static final String CLASS_PATH = "sotto.platform";

  private static final String MAIN = "dev.sotto.embedded.Supervisor";
  private static final Milestone LAST = Milestone.SHARDS;

  private final PlatformFolder folder;
  private final Process process;
  private final ProgressLine progress;
  private boolean toldAll;

  private SupervisorStart(PlatformFolder folder, Process process, ProgressLine progress) {
    this.folder = folder;
    this.process = process;
    this.progress = progress;
  }

  /** Starts one, for the plan that was proposed. */
  static SupervisorStart spawn(PlatformFolder folder, ProgressLine progress) throws IOException {
    String classPath = System.getProperty(CLASS_PATH, "");
    if (classPath.isEmpty()) {
      throw new CommandFailed("the platform is started by the launcher: ./sotto up");
    }
    Files.deleteIfExists(folder.control());
    Files.deleteIfExists(folder.failure());
    List<String> command = new ArrayList<>();
    Path setsid = Path.of("/usr/bin/setsid");
    if (Files.isExecutable(setsid)) {
      command.add(setsid.toString()); // a Ctrl-C here is not meant for it
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx96m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "-Dstdout.encoding=UTF-8",
            "-Dstderr.encoding=UTF-8",
            "-Dlogback.configurationFile=embedded-logback.xml",
            "-cp",
            classPath,
            MAIN,
            folder.path().toString(),
            classPath));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.log("supervisor").toFile()))
            .start();
    return new SupervisorStart(folder, process, progress);
  }

  /** Its process. */
  Process process() {
    return process;
  }

  /** Tells it; CommandFailed says why it has ended, if it has. */
  void tell(Milestone reached) throws IOException {
    try {
      process.getOutputStream().write((reached + "\n").getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
      toldAll = reached == LAST;
    } catch (IOException e) {
      boolean _ = Platform.gone(process.toHandle());
      throw failed(folder);
    }
  }

  /** Why a supervisor ended while it started. */
  static CommandFailed failed(PlatformFolder folder) throws IOException {
    return new CommandFailed(
        Files.exists(folder.failure())
            ? Files.readString(folder.failure()).strip()
            : "the platform ended while starting; see " + folder.log("supervisor"));
  }

  /** Returns when all that it has started is gone, unless it was told all. */
  @Override
  public void close() throws IOException {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended, and what was not told does not matter.
    }
    if (!toldAll) {
      progress.at("stopping what was started");
      boolean _ = Platform.gone(process.toHandle());
    }
  }
}
