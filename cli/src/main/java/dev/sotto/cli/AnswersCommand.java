package dev.sotto.cli;

import dev.sotto.contracts.audit.AnswerBook;
import dev.sotto.models.format.ModelFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sotto answers}: a book of known answers, for audits. */
@Command(
    name = "answers",
    description =
        "Writes what a model answers in the clear to a few texts: what audits hold lanes against.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class AnswersCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();

  @Parameters(index = "0", paramLabel = "MODEL", description = "As 'sotto models' names it.")
  private String model = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "Where to write; never over a file.")
  private @Nullable Path file;

  @Option(
      names = "--texts",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many texts, at most (default: ${DEFAULT-VALUE}).")
  private int texts;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "96",
      description =
          "The longest text, in tokens; a token takes two bytes for each word of the vocabulary"
              + " (default: ${DEFAULT-VALUE}).")
  private int tokens;

  @Override
  public Integer call() throws IOException {
    within("--texts", texts, 1, AnswerBook.MOST_SEQUENCES);
    within("--tokens", tokens, KnownAnswers.LEAST_TOKENS, AnswerBook.MOST_TOKENS);
    Path target = file == null ? Path.of("answers") : file;
    try (ProgressLine progress = ProgressLine.on(spec.commandLine().getErr());
        ModelFiles source = new ModelSource(model, home.home()).open(progress)) {
      KnownAnswers answers = new KnownAnswers(texts, tokens);
      KnownAnswers.Written written = answers.write(source, target, progress);
      progress.clear();
      spec.commandLine()
          .getOut()
          .printf("%d texts, %d tokens: %s%n", written.texts(), written.tokens(), target);
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailed(target + " is there already; books are not overwritten");
    }
  }

  private void within(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), "%s must be from %d to %d".formatted(option, least, most));
    }
  }
}
