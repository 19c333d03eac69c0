package dev.sotto.cli;

import dev.sotto.models.shard.ShardSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sotto provision}: the publisher cuts a model into shards. */
@Command(
    name = "provision",
    description =
        "Cuts a model into the shards of all roles. This is the publisher's side: it sees the weights.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ProvisionCommand implements Callable<Integer> {
  static final int MOST_STAGES = 1000;

  private static final Pattern LANE_NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();

  @Parameters(paramLabel = "MODEL", description = ModelNames.DESCRIPTION + ".")
  private String model = ModelNames.DEFAULT;

  @Option(
      names = "--stages",
      paramLabel = "N",
      defaultValue = "1",
      description = "Into how many contiguous ranges of layers (default: ${DEFAULT-VALUE}).")
  private int stages;

  @Option(
      names = "--lane",
      paramLabel = "NAME",
      defaultValue = Provisioning.LANE,
      description =
          "The lane that the shards are for; each has its own (default: ${DEFAULT-VALUE}).")
  private String lane = Provisioning.LANE;

  @Option(
      names = "--thorough",
      description =
          "Calibrate with every token of the vocabulary as a prompt of its own, too: minutes, not seconds.")
  private boolean thorough;

  @Override
  public Integer call() throws IOException {
    if (stages < 1 || stages > MOST_STAGES) {
      throw new ParameterException(
          spec.commandLine(), "--stages must be 1 to %d, was %d".formatted(MOST_STAGES, stages));
    }
    if (!LANE_NAME.matcher(lane).matches()) {
      throw new ParameterException(
          spec.commandLine(), "--lane must be 1 to 63 of a-z, 0-9 and -, was " + lane);
    }
    Provisioning provisioning = new Provisioning(model, home.home(), stages, lane);
    ShardSet set;
    try (ProgressLine progress = ProgressLine.on(spec.commandLine().getErr())) {
      set = provisioning.cut(thorough, progress);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: %d shards, %s, in %s%n",
        model, set.headers().size(), ProgressLine.megabytes(set.bytes()), set.folder());
    out.flush();
    return 0;
  }
}
