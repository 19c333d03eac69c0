package dev.sotto.cli;

import dev.sotto.launch.PlatformFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sotto logs}: what processes have logged. */
@Command(
    name = "logs",
    description = {
      "Shows the end of a log, or of all of them.",
      "Where gateway, orchestration, billing and verification share a process, its log is platform."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class LogsCommand implements Callable<Integer> {
  private static final Set<String> IN_PLATFORM =
      Set.of("gateway", "orchestration", "billing", "verification");

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVICE",
      description = "A service or process, as ./sotto status names it.")
  private @Nullable String service;

  @Option(names = "-f", description = "Go on showing what is added.")
  private boolean follow;

  @Option(
      names = "-n",
      paramLabel = "LINES",
      description = "How many lines of each (default: ${DEFAULT-VALUE}).")
  private int lines = 50;

  @Override
  public Integer call() throws IOException {
    PlatformFolder folder = home.home().platform();
    Set<String> known = known(folder);
    if (known.isEmpty()) {
      throw new CommandFailed("there are no logs: nothing was ever started in " + folder.path());
    }
    List<String> shown = service == null ? List.copyOf(known) : List.of(process(service, known));
    PrintWriter out = spec.commandLine().getOut();
    LogTail tail = new LogTail(out, shown.size() > 1);
    for (String name : shown) {
      tail.add(name, folder.log(name), Math.max(0, lines));
    }
    if (follow) {
      tail.follow();
    }
    return 0;
  }

  private static String process(String service, Set<String> known) {
    String name = IN_PLATFORM.contains(service) && !known.contains(service) ? "platform" : service;
    if (!known.contains(name)) {
      throw new CommandFailed(
          "there is no log of %s; there are %s".formatted(service, String.join(", ", known)));
    }
    return name;
  }

  private static Set<String> known(PlatformFolder folder) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String data : new String[] {"postgres", "kafka"}) {
      if (Files.exists(folder.log(data))) {
        names.add(data);
      }
    }
    if (Files.isDirectory(folder.logs())) {
      try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder.logs(), "*.log")) {
        for (Path log : logs) {
          names.add(log.getFileName().toString().replaceAll("\\.log$", ""));
        }
      }
    }
    return names;
  }
}
