package dev.sotto.cli;

import dev.sotto.client.lane.LaneException;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.LaneDistrusted;
import dev.sotto.contracts.BadMessage;
import dev.sotto.launch.LaunchException;
import dev.sotto.links.LinkException;
import dev.sotto.models.ModelException;
import dev.sotto.models.shard.ShardException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever ends a command into one sentence on standard error and an exit code. */
final class PlainErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {
  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("sotto: " + oneLine(Objects.requireNonNullElse(e.getMessage(), "bad arguments")));
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      String name = command.getCommandSpec().qualifiedName();
      err.println("Try '" + name + " --help'.");
    }
    err.flush();
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    command.getErr().println("sotto: " + oneLine(sentence(e)));
    command.getErr().flush();
    return ExitCode.SOFTWARE;
  }

  static String sentence(Throwable e) {
    return switch (e) {
      case UncheckedIOException unchecked when unchecked.getCause() != null ->
          sentence(unchecked.getCause());
      case NoSuchFileException missing -> "there is no file " + missing.getFile();
      case AccessDeniedException denied -> "no permission to use " + denied.getFile();
      case FileSystemException file when file.getReason() != null ->
          file.getFile() + ": " + file.getReason();
      case CommandFailed _,
          LaunchException _,
          ModelException _,
          ShardException _,
          LaneException _,
          LaneDistrusted _,
          JobRefused _,
          LinkException _,
          BadMessage _,
          IOException _,
          IllegalArgumentException _
          when e.getMessage() != null ->
          e.getMessage();
      default -> bug(e);
    };
  }

  /** Our own fault: loud, with its place, but without the message, which could carry a value. */
  private static String bug(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    String place = trace.length == 0 ? "an unknown place" : trace[0].toString();
    return "this is a bug in Sotto, please report it: %s at %s"
        .formatted(e.getClass().getSimpleName(), place);
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
