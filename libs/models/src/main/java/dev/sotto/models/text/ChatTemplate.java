package dev.sotto.models.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A model's chat template: Jinja as Hugging Face's {@code apply_chat_template} renders it (blocks
 * trimmed, {@code raise_exception} known). The template is a stranger's program, so it reaches
 * neither files nor classes, and its output, depth and work are bounded. What is said in a
 * conversation is data: it is never interpreted.
 */
public final class ChatTemplate {
  private static final int LONGEST_TEMPLATE = 256 << 10;
  private static final int LONGEST_OUTPUT = 16 << 20;
  private static final int MOST_MESSAGES = 4096;
  private static final int MOST_NODES = 400_000;
  private static final int DEEPEST = 24;

  /** Where Jinjava by default differs from Jinja. */
  private static final LegacyOverrides PYTHONS_WAYS =
      LegacyOverrides.newBuilder()
          .withEvaluateMapKeys(true)
          .withIterateOverMapKeys(true)
          .withUsePyishObjectMapper(true)
          .withUseNaturalOperatorPrecedence(true)
          .withParseWhitespaceControlStrictly(true)
          .withAllowAdjacentTextNodes(true)
          .withUseTrimmingForNotesAndExpressions(true)
          .withKeepNullableLoopValues(true)
          .withHandleBackslashInQuotesOnly(true)
          .build();

  private final String source;
  private final String beginToken;
  private final String endToken;

  /** {@code beginToken} and {@code endToken}: what the template calls bos_token and eos_token. */
  public ChatTemplate(String source, String beginToken, String endToken) {
    if (source.length() > LONGEST_TEMPLATE) {
      throw new ModelException(
          "chat template: it is longer than %d characters; take another model."
              .formatted(LONGEST_TEMPLATE));
    }
    // Jinja drops one newline at a template's end.
    this.source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    this.beginToken = beginToken;
    this.endToken = endToken;
  }

  /**
   * The conversation as the model was trained to see it.
   *
   * @param messages at least one
   * @param answer whether to end with the words that begin the assistant's answer
   * @throws ModelException if the template refuses the conversation or goes beyond its bounds;
   *     never quotes it
   */
  public String render(List<ChatMessage> messages, boolean answer) {
    if (messages.isEmpty() || messages.size() > MOST_MESSAGES) {
      throw new ModelException("messages: there must be 1 to %d of them.".formatted(MOST_MESSAGES));
    }
    List<Map<String, String>> turns = messages.stream().map(ChatTemplate::turn).toList();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("messages", turns);
    values.put("add_generation_prompt", answer);
    values.put("bos_token", beginToken);
    values.put("eos_token", endToken);
    RenderResult result = jinjava().renderForResult(source, values);
    result.getErrors().stream()
        // An undefined name is empty, as in Jinja; whatever else Jinjava only warns of would change
        // the text.
        .filter(
            e ->
                e.getSeverity() == TemplateError.ErrorType.FATAL
                    || e.getReason() != TemplateError.ErrorReason.UNKNOWN)
        .findFirst()
        .ifPresent(
            e -> {
              throw refusal(e);
            });
    return result.getOutput();
  }

  private ModelException refusal(TemplateError error) {
    for (Throwable t = error.getException(); t != null; t = t.getCause()) {
      if (t instanceof Raised raised) {
        // A template may put the conversation into its complaint; only words of its own are
        // repeated.
        String words = String.valueOf(raised.getMessage());
        return new ModelException(
            source.contains(words)
                ? "chat template: it refuses this conversation: %s"
                    .formatted(StrictJson.printable(words))
                : "chat template: it refuses this conversation; check the order of roles.");
      }
    }
    return new ModelException(
        "chat template: it cannot be rendered (%s in line %d); use raw text or another model."
            .formatted(error.getReason().name().toLowerCase(Locale.ROOT), error.getLineno()));
  }

  private static Map<String, String> turn(ChatMessage message) {
    Map<String, String> turn = new LinkedHashMap<>();
    turn.put("role", message.role());
    turn.put("content", message.content());
    return turn;
  }

  private static Jinjava jinjava() {
    int[] nodes = {0};
    Jinjava jinjava =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withLegacyOverrides(PYTHONS_WAYS)
                .withKeepTrailingNewline(true)
                // Otherwise what users say would be read as a template itself.
                .withNestedInterpretationEnabled(false)
                .withFailOnUnknownTokens(false)
                .withReadOnlyResolver(true)
                .withEnableRecursiveMacroCalls(false)
                .withMaxRenderDepth(DEEPEST)
                .withMaxOutputSize(LONGEST_OUTPUT)
                .withMaxStringLength(LONGEST_OUTPUT)
                .withMaxListSize(MOST_MESSAGES)
                .withMaxMapSize(MOST_MESSAGES)
                .withRangeLimit(MOST_MESSAGES)
                .withDisabled(
                    Map.of(
                        Context.Library.TAG, Set.of("include", "import", "from", "extends"),
                        Context.Library.FILTER,
                            Set.of("render", "log", "fromyaml", "random", "shuffle")))
                .withProcessors(
                    JinjavaProcessors.newBuilder()
                        .withNodePreProcessor(
                            (node, interpreter) -> {
                              if (++nodes[0] > MOST_NODES) {
                                throw new InterpretException("more work than a template may make");
                              }
                            })
                        .build())
                .build());
    jinjava.setResourceLocator(
        (name, charset, interpreter) -> {
          throw new IOException("templates read no files");
        });
    jinjava.registerFunction(
        new ELFunctionDefinition("", "raise_exception", ChatTemplate.class, "raise", String.class));
    return jinjava;
  }

  /**
   * {@code raise_exception} of Hugging Face's templates. Public because Jinjava calls it by
   * reflection.
   */
  @SuppressWarnings("DoNotCallSuggester")
  public static String raise(String message) {
    throw new Raised(message);
  }

  private static final class Raised extends RuntimeException {
    Raised(String message) {
      super(message);
    }
  }
}
