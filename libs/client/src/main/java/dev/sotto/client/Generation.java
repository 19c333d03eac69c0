package dev.sotto.client;

import dev.sotto.client.Answer.Finish;
import dev.sotto.models.ModelException;
import dev.sotto.models.text.ChatMessage;
import dev.sotto.models.text.ChatTemplate;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.TextStream;
import dev.sotto.models.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The enclave's loop around a model's steps: prompt to tokens, logits to the next token, tokens to
 * text. The same for steps under sharing and in the clear. One answer at a time.
 */
public final class Generation implements AutoCloseable {
  private final PublicPart model;
  private final Tokenizer tokenizer;

  /** For a model whose public part is known. Errors are a {@link ModelException}. */
  public Generation(PublicPart model) {
    this.model = model;
    this.tokenizer = model.tokenizer();
  }

  /**
   * Token ids of what a user says.
   *
   * @param raw whether to continue the text as it is, without the chat template
   * @throws InvalidParameter if nothing is said, or more than the model's context holds
   * @throws ModelException if the model has no chat template, or it refuses
   */
  public int[] prompt(String text, boolean raw) {
    int[] ids = raw ? tokenizer.encode(text, true) : conversation(text);
    if (ids.length == 0) {
      throw new InvalidParameter("prompt", "must have at least one token, has none");
    }
    int context = model.config().context();
    if (ids.length >= context) {
      throw new InvalidParameter(
          "prompt",
          "has %d tokens, but the model's context holds %d, the answer included; shorten it"
              .formatted(ids.length, context));
    }
    return ids;
  }

  private int[] conversation(String text) {
    ChatTemplate template =
        model
            .template()
            .orElseThrow(
                () ->
                    new ModelException(
                        "The model has no chat template; let it continue raw text instead."));
    return tokenizer.encode(template.render(List.of(ChatMessage.user(text)), true), false);
  }

  /**
   * Runs steps until the model ends its answer, a stop string comes, or there are enough tokens.
   *
   * @param prompt as {@link #prompt} made it
   * @param maxTokens most tokens of the answer, at least 1; the context may end it sooner
   * @param show hears text as it comes, never half a character, never part of a stop string
   */
  public Answer answer(
      Steps steps,
      int[] prompt,
      Sampling sampling,
      StopStrings stops,
      int maxTokens,
      Consumer<String> show) {
    if (maxTokens < 1) {
      throw new InvalidParameter("maxTokens", "must be 1 or more, was " + maxTokens);
    }
    int most = Math.min(maxTokens, model.config().context() - prompt.length);
    Sampler sampler = new Sampler(sampling, model.config().vocab(), prompt);
    TextStream stream = tokenizer.stream();
    StringBuilder text = new StringBuilder();
    Consumer<String> out = piece -> append(piece, text, show);
    List<Integer> tokens = new ArrayList<>();
    Finish finish = Finish.LENGTH;
    float[] logits = steps.next(prompt);
    while (true) {
      int token = sampler.next(logits);
      tokens.add(token);
      if (tokenizer.ends().contains(token)) {
        finish = Finish.STOP;
        break;
      }
      // A vocabulary may be padded: an id beyond the tokenizer's stands for no text.
      out.accept(token < tokenizer.size() ? stops.accept(stream.accept(token)) : "");
      if (stops.stopped() || tokens.size() >= most) {
        break;
      }
      logits = steps.next(token);
    }
    out.accept(stops.accept(stream.finish()));
    out.accept(stops.finish());
    return new Answer(tokens, text.toString(), stops.stopped() ? Finish.STOP : finish);
  }

  private static void append(String piece, StringBuilder text, Consumer<String> show) {
    if (!piece.isEmpty()) {
      text.append(piece);
      show.accept(piece);
    }
  }

  /** Frees the tokenizer. */
  @Override
  public void close() {
    tokenizer.close();
  }

  @Override
  public String toString() {
    return "Generation(vocab " + model.config().vocab() + ")";
  }
}
