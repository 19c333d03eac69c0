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
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * The enclave's loop around a model's steps: prompt to tokens, logits to the next token, tokens to
 * text. The same for steps under sharing and in the clear. Several threads may use it at once, each
 * for an answer of its own.
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
    return raw ? continuation(text) : conversation(List.of(ChatMessage.user(text)));
  }

  /**
   * Token ids of a text that the model is to continue as it is; errors as {@link #prompt}.
   *
   * @param text not empty
   */
  public int[] continuation(String text) {
    return fitting(tokenizer.encode(text, true));
  }

  /**
   * Token ids of a conversation, and of the words that begin the assistant's answer; errors as
   * {@link #prompt}.
   *
   * @param messages at least one
   */
  public int[] conversation(List<ChatMessage> messages) {
    ChatTemplate template =
        model
            .template()
            .orElseThrow(
                () ->
                    new ModelException(
                        "The model has no chat template; let it continue raw text instead."));
    return fitting(tokenizer.encode(template.render(messages, true), false));
  }

  /** Token ids as they are, if the model has them and its context holds them. */
  public int[] tokens(int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= model.config().vocab()) {
        throw new InvalidParameter(
            "prompt",
            "must have token ids from 0 to %d only".formatted(model.config().vocab() - 1));
      }
    }
    return fitting(ids.clone());
  }

  private int[] fitting(int[] ids) {
    if (ids.length == 0) {
      throw new InvalidParameter("prompt", "must have at least one token, has none");
    }
    if (ids.length >= context()) {
      throw new InvalidParameter(
          "prompt",
          "has %d tokens, but the model's context holds %d, the answer included; shorten it"
              .formatted(ids.length, context()));
    }
    return ids;
  }

  /** Most tokens of a prompt and its answer together. */
  public int context() {
    return model.config().context();
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
    AnswerRequest request = new AnswerRequest(prompt, sampling, List.of(), maxTokens, -1);
    return answer(steps, request, stops, piece -> show(piece, show));
  }

  private static void show(AnswerPiece piece, Consumer<String> show) {
    if (!piece.text().isEmpty()) {
      show.accept(piece.text());
    }
  }

  /**
   * The same, told token by token.
   *
   * @throws java.util.concurrent.CancellationException if the listener says that nobody waits
   */
  public Answer answer(Steps steps, AnswerRequest request, AnswerListener listener) {
    return answer(steps, request, new StopStrings(request.stops()), listener);
  }

  private Answer answer(
      Steps steps, AnswerRequest request, StopStrings stops, AnswerListener listener) {
    int[] prompt = request.prompt();
    int most = Math.min(request.maxTokens(), context() - prompt.length);
    Sampler sampler = new Sampler(request.sampling(), model.config().vocab(), prompt);
    Logprobs logprobs = new Logprobs(tokenizer, request.topLogprobs());
    TextStream stream = tokenizer.stream();
    AnswerText text = new AnswerText(stops, listener);
    List<Integer> tokens = new ArrayList<>();
    Finish finish = Finish.LENGTH;
    float[] logits = step(steps, listener, prompt);
    while (true) {
      int token = sampler.next(logits);
      tokens.add(token);
      if (tokenizer.ends().contains(token)) {
        finish = Finish.STOP;
        break;
      }
      // A vocabulary may be padded: an id beyond the tokenizer's stands for no text.
      text.accept(logprobs.of(token, logits), token < tokenizer.size() ? stream.accept(token) : "");
      if (text.stopped() || tokens.size() >= most) {
        break;
      }
      logits = step(steps, listener, token);
    }
    text.finish(stream.finish());
    return new Answer(tokens, text.shown(), text.stopped() ? Finish.STOP : finish);
  }

  private static float[] step(Steps steps, AnswerListener listener, int... tokens) {
    if (listener.cancelled()) {
      throw new CancellationException("nobody waits for the answer any more");
    }
    return steps.next(tokens);
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
