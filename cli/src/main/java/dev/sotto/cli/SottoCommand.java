package dev.sotto.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sotto} itself: names its commands. */
@Command(
    name = "sotto",
    description =
        "Private text generation: a model that is secret-shared over nodes none of which sees it, or you.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      UpCommand.class,
      StatusCommand.class,
      LogsCommand.class,
      DownCommand.class,
      ChatCommand.class,
      SidecarCommand.class,
      GenerateCommand.class,
      ClearCommand.class,
      ModelsCommand.class,
      ProvisionCommand.class,
      VerifyShardsCommand.class,
      ReceiptCommand.class,
      NodeCommand.class,
      AnswersCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed; one sentence on standard error says why",
      "2:the command line was not understood",
      "130:interrupted"
    },
    footer = {"", "The launcher also takes: sotto test, which runs all tests."})
final class SottoCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    CommandLine self = spec.commandLine();
    throw new ParameterException(self, "a command is missing");
  }
}
