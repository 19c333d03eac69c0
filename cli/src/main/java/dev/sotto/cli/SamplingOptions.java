package dev.sotto.cli;

import dev.sotto.client.InvalidParameter;
import dev.sotto.client.Sampling;
import java.security.SecureRandom;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How tokens are chosen, for the commands that generate. */
final class SamplingOptions {
  private static final Map<String, String> OPTIONS =
      Map.of(
          "temperature", "--temperature",
          "topP", "--top-p",
          "topK", "--top-k",
          "repetitionPenalty", "--repetition-penalty",
          "frequencyPenalty", "--frequency-penalty",
          "presencePenalty", "--presence-penalty");

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "0 to 2; 0 takes the likeliest token (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description =
          "Draw from the likeliest tokens whose probabilities reach P (default: ${DEFAULT-VALUE}, all).")
  private double topP;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Draw from the K likeliest tokens (default: ${DEFAULT-VALUE}, all).")
  private int topK;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      defaultValue = "1",
      description = "0.01 to 10; above 1 makes tokens rarer that occurred (default: 1, none).")
  private double repetitionPenalty;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "F",
      defaultValue = "0",
      description = "-2 to 2, for each time that the answer has a token (default: 0).")
  private double frequencyPenalty;

  @Option(
      names = "--presence-penalty",
      paramLabel = "F",
      defaultValue = "0",
      description = "-2 to 2, once if the answer has a token (default: 0).")
  private double presencePenalty;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Repeats the draws of a run with the same seed (default: a new one).")
  private @Nullable Long seed;

  /** The settings; what is out of range is an error of the command line that names the option. */
  Sampling sampling(CommandLine command) {
    long chosen = seed != null ? seed : new SecureRandom().nextLong(1L << 53);
    try {
      return new Sampling(
          temperature,
          topK,
          topP,
          repetitionPenalty,
          frequencyPenalty,
          presencePenalty,
          Map.of(),
          chosen);
    } catch (InvalidParameter e) {
      String option = OPTIONS.getOrDefault(e.field(), e.field());
      String rest = String.valueOf(e.getMessage()).substring(e.field().length());
      throw new ParameterException(command, option + rest, e);
    }
  }
}
