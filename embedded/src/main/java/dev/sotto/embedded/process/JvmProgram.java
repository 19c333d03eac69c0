package dev.sotto.embedded.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM that runs one class, and ends by itself when this process does, however it does: its input
 * closes (see {@link ParentWatch}). No argument is a secret: everybody on the machine can read
 * them.
 *
 * @param name what people call it
 * @param java the JVM to run
 * @param options of the JVM
 * @param mainClass what to run; it must call {@link ParentWatch#start}
 * @param arguments for it
 * @param log where its output goes, appended
 */
public record JvmProgram(
    String name,
    Path java,
    List<String> options,
    String mainClass,
    List<String> arguments,
    Path log)
    implements Program {
  /** What a JVM exits with whose port somebody else has. */
  public static final int PORT_TAKEN = 75;

  /** What a node exits with whose shard is lost or damaged. */
  public static final int SHARD_UNUSABLE = 74;

  /** Copies. */
  public JvmProgram {
    options = List.copyOf(options);
    arguments = List.copyOf(arguments);
  }

  @Override
  public Running start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(options);
    command.add(mainClass);
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new Jvm(process);
  }

  /** Keeps the process's input open. */
  record Jvm(Process started) implements Running {
    @Override
    public ProcessHandle process() {
      return started.toHandle();
    }

    @Override
    public void end() {
      started.destroy();
    }

    @Override
    public String epitaph() {
      return epitaph(started);
    }

    private static String epitaph(Process process) {
      int code = process.exitValue();
      return switch (code) {
        case 137 -> "it was killed";
        case 143 -> "it was told to end";
        case PORT_TAKEN -> "its port was taken by another program";
        case SHARD_UNUSABLE ->
            "its shard is lost or damaged (./sotto provision --lane cuts all of a lane again)";
        default -> "it ended with code " + code;
      };
    }
  }
}
