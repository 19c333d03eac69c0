package dev.sotto.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sotto down}: ends what {@code up} started. */
@Command(
    name = "down",
    description =
        "Stops the platform: nodes finish the jobs that they have, then everything ends. Its data stays.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class DownCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();

  @Override
  public Integer call() throws IOException {
    boolean ran;
    try (ProgressLine progress = ProgressLine.on(spec.commandLine().getErr())) {
      ran = Platform.of(home.home()).down(progress);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(ran ? "Sotto is stopped." : "Sotto is not running.");
    out.flush();
    return 0;
  }
}
