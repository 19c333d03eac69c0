package dev.sotto.cli;

import dev.sotto.client.Answer;
import dev.sotto.client.InvalidParameter;
import dev.sotto.client.Sampling;
import dev.sotto.client.StopStrings;
import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.contracts.Protection;
import dev.sotto.models.text.ChatMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code sotto chat}: a conversation whose enclave is this process. */
@Command(
    name = "chat",
    description = {
      "Answers a prompt, or holds a conversation, on the platform; starts the platform of this home if it does not run.",
      "Only this process sees what is said: the platform gets sealed shares."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ChatCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();
  @Mixin private GatewayOptions gateway = new GatewayOptions();
  @Mixin private SamplingOptions sampling = new SamplingOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "PROMPT",
      description =
          "What to ask; - reads it from standard input. Without it, a conversation: one line a turn.")
  private @Nullable String prompt;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "A model that the platform serves (default: its first).")
  private @Nullable String model;

  @Option(
      names = "--protection",
      paramLabel = "passive|compared",
      description = "What every answer must be given (default: as the model is served).")
  private @Nullable Protection protection;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "Instructions that come before the conversation.")
  private @Nullable String system;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "End an answer after N tokens (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End an answer before TEXT; may be given up to 16 times.")
  private List<String> stop = new ArrayList<>();

  @Option(
      names = "--json",
      description = "Print one JSON object as the last line of standard output.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    CommandLine command = spec.commandLine();
    Sampling settings = sampling.sampling(command);
    if (maxTokens < 1 || maxTokens > PromptOptions.MOST_TOKENS) {
      throw new ParameterException(
          command,
          "--max-tokens must be 1 to %d, was %d".formatted(PromptOptions.MOST_TOKENS, maxTokens));
    }
    try {
      var _ = new StopStrings(stop);
    } catch (InvalidParameter e) {
      throw new ParameterException(command, "--" + e.getMessage(), e);
    }
    String text = null;
    if (prompt != null) {
      String said = prompt.equals("-") ? PromptOptions.read(command, System.in) : prompt;
      text = PromptOptions.checked(command, said);
    } else if (json) {
      throw new ParameterException(command, "--json is for one PROMPT");
    }
    List<ChatMessage> before =
        system == null
            ? List.of()
            : List.of(ChatMessage.system(PromptOptions.checked(command, system)));
    GatewayOptions.Access access;
    try (ProgressLine progress = ProgressLine.on(command.getErr())) {
      access = gateway.access(command, home.home(), progress);
    }
    try (HttpJobChannel channel = access.channel();
        Enclave enclave = Enclave.open(channel, access.roots(), model, protection)) {
      if (text == null) {
        new Conversation(enclave, before, settings, stop, maxTokens)
            .hold(command.getOut(), command.getErr());
      } else {
        once(command, enclave, before, text, settings);
      }
    }
    return 0;
  }

  private void once(
      CommandLine command,
      Enclave enclave,
      List<ChatMessage> before,
      String text,
      Sampling settings) {
    List<ChatMessage> messages = new ArrayList<>(before);
    messages.add(ChatMessage.user(text));
    TextOutput shown = new TextOutput(command.getOut(), json);
    Stopwatch watch = new Stopwatch(System::nanoTime);
    int[] ids;
    Answer answer;
    try {
      ids = enclave.prompt(messages);
      answer = enclave.answer(ids, settings, stop, maxTokens, piece -> shown.accept(piece.text()));
    } catch (InvalidParameter e) {
      throw new ParameterException(command, "the " + e.getMessage(), e);
    } finally {
      shown.end();
    }
    double seconds = watch.lap();
    if (json) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("model", enclave.model());
      facts.put("protection", enclave.protection().label());
      facts.put("enclave", "chat");
      facts.put("seed", settings.seed());
      facts.put("prompt_ids", ids);
      facts.put("completion_ids", answer.tokens());
      facts.put("text", answer.text());
      facts.put("finish_reason", answer.finish().label());
      facts.put("seconds", seconds);
      command.getOut().println(JsonMapper.shared().writeValueAsString(facts));
      command.getOut().flush();
    } else {
      command
          .getErr()
          .printf(
              Locale.ROOT,
              "%s, protection %s: %d tokens in %.1f s; the platform saw none of it.%n",
              enclave.model(),
              enclave.protection(),
              answer.tokens().size(),
              seconds);
      command.getErr().flush();
    }
  }
}
