package dev.sotto.cli;

import dev.sotto.launch.PlatformStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sotto status}: how the platform is. */
@Command(
    name = "status",
    description =
        "Says how the platform on this machine is: processes, services, lanes, jobs. Exit code 0 if all is well, 1 if it is not, or does not run.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();

  @Option(names = "--json", description = "As JSON, for programs.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Platform platform = Platform.of(home.home());
    Optional<PlatformStatus> status = platform.status();
    PrintWriter out = spec.commandLine().getOut();
    if (status.isEmpty()) {
      boolean starting = platform.running();
      if (json) {
        out.println("{\"state\": \"%s\"}".formatted(starting ? "STARTING" : "STOPPED"));
      } else {
        out.println(
            starting ? "Sotto is starting." : "Sotto is not running. Start it with ./sotto up.");
      }
    } else if (json) {
      out.println(status.get().json());
    } else {
      new StatusTable(out, System.currentTimeMillis()).print(status.get());
    }
    out.flush();
    return status.map(Platform::well).orElse(false) ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
