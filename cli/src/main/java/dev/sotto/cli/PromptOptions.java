package dev.sotto.cli;

import dev.sotto.client.InvalidParameter;
import dev.sotto.client.StopStrings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The prompt and how its answer is bounded and shown, for the commands that generate. */
final class PromptOptions {
  /** Most bytes of a prompt: beyond any context, and little enough to hold. */
  static final int MAX_PROMPT_BYTES = 1 << 20;

  static final int MOST_TOKENS = 1_000_000;

  @Parameters(paramLabel = "PROMPT", description = "What to ask; - reads it from standard input.")
  private String prompt = "";

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = ModelNames.DEFAULT,
      description = ModelNames.DESCRIPTION + " (default: ${DEFAULT-VALUE}).")
  private String model = ModelNames.DEFAULT;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "End the answer after N tokens (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End the answer before TEXT; may be given up to 16 times.")
  private List<String> stop = new ArrayList<>();

  @Option(
      names = "--raw",
      description = "Continue the prompt as it is, without the model's chat template.")
  private boolean raw;

  @Option(
      names = "--json",
      description = "Print one JSON object as the last line of standard output.")
  private boolean json;

  String model() {
    return model;
  }

  boolean raw() {
    return raw;
  }

  boolean json() {
    return json;
  }

  /** At least 1. */
  int maxTokens(CommandLine command) {
    if (maxTokens < 1 || maxTokens > MOST_TOKENS) {
      throw new ParameterException(
          command, "--max-tokens must be 1 to %d, was %d".formatted(MOST_TOKENS, maxTokens));
    }
    return maxTokens;
  }

  StopStrings stops(CommandLine command) {
    try {
      return new StopStrings(stop);
    } catch (InvalidParameter e) {
      throw new ParameterException(command, "--" + e.getMessage(), e);
    }
  }

  /** The prompt: not empty, well-formed, bounded. */
  String prompt(CommandLine command, InputStream input) throws IOException {
    return checked(command, prompt.equals("-") ? read(command, input) : prompt);
  }

  /** What was said: not empty, well-formed, bounded. */
  static String checked(CommandLine command, String text) {
    if (text.isBlank()) {
      throw new ParameterException(command, "the prompt is empty");
    }
    // Java has replaced by U+FFFD whatever bytes of an argument were not UTF-8.
    if (text.codePoints().anyMatch(c -> c == 0xFFFD || (c >= 0xD800 && c <= 0xDFFF))) {
      throw new ParameterException(command, "the prompt is not valid UTF-8");
    }
    if (text.length() > MAX_PROMPT_BYTES) {
      throw tooLong(command);
    }
    return text;
  }

  /** All of standard input. */
  static String read(CommandLine command, InputStream input) throws IOException {
    byte[] bytes = input.readNBytes(MAX_PROMPT_BYTES + 1);
    if (bytes.length > MAX_PROMPT_BYTES) {
      throw tooLong(command);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ParameterException(command, "the prompt is not valid UTF-8", e);
    }
  }

  private static ParameterException tooLong(CommandLine command) {
    return new ParameterException(
        command, "the prompt is longer than %d bytes".formatted(MAX_PROMPT_BYTES));
  }
}
