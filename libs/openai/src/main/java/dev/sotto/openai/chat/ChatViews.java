package dev.sotto.openai.chat;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerPiece;
import dev.sotto.client.AnswerPiece.Token;
import dev.sotto.openai.answer.AnswerFacts;
import dev.sotto.openai.answer.AnswerView;
import dev.sotto.openai.answer.EventStream;
import dev.sotto.openai.answer.TokenUsage;
import dev.sotto.openai.answer.UsageBody;
import dev.sotto.openai.answer.WholeView;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.error.ErrorBody;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How chat completions are shown. */
final class ChatViews {
  private ChatViews() {}

  /** One body at the end. */
  static final class Whole implements WholeView {
    private final AnswerFacts facts;
    private final boolean logprobs;
    private final List<ChatCompletion.Choice> choices = new ArrayList<>();
    private final List<Token> tokens = new ArrayList<>();
    private UsageBody usage = UsageBody.of(new TokenUsage(0, 0));

    Whole(AnswerFacts facts, boolean logprobs) {
      this.facts = facts;
      this.logprobs = logprobs;
    }

    @Override
    public void piece(int index, AnswerPiece piece) {
      if (logprobs) {
        tokens.addAll(piece.tokens());
      }
    }

    @Override
    public void end(int index, Answer answer) {
      choices.add(
          new ChatCompletion.Choice(
              index,
              new ChatCompletion.Message("assistant", answer.text(), null),
              logprobs ? ChatLogprobs.of(tokens) : null,
              answer.finish().label()));
      tokens.clear();
    }

    @Override
    public void done(TokenUsage used) {
      usage = UsageBody.of(used);
    }

    @Override
    public ChatCompletion body() {
      return new ChatCompletion(
          "chatcmpl-" + facts.id(),
          "chat.completion",
          facts.created(),
          facts.model().name(),
          choices,
          usage,
          facts.fingerprint(),
          facts.sotto());
    }
  }

  /** Chunks on the way. */
  record Streamed(AnswerFacts facts, EventStream events, boolean logprobs, boolean usage)
      implements AnswerView {
    @Override
    public void begin(int index) {
      send(index, new ChatCompletionChunk.Delta("assistant", ""), null, null);
    }

    @Override
    public void piece(int index, AnswerPiece piece) {
      if (!piece.text().isEmpty() || logprobs) {
        send(
            index,
            new ChatCompletionChunk.Delta(null, piece.text()),
            logprobs ? ChatLogprobs.of(piece.tokens()) : null,
            null);
      }
    }

    @Override
    public void end(int index, Answer answer) {
      send(index, new ChatCompletionChunk.Delta(null, null), null, answer.finish().label());
    }

    private void send(
        int index,
        ChatCompletionChunk.Delta delta,
        @Nullable ChatLogprobs probabilities,
        @Nullable String finish) {
      events.send(
          chunk(
              List.of(new ChatCompletionChunk.Choice(index, delta, probabilities, finish)), null));
    }

    @Override
    public void done(TokenUsage used) {
      if (usage) {
        events.send(chunk(List.of(), UsageBody.of(used)));
      }
      events.sendDone();
    }

    @Override
    public void failed(ApiError error) {
      events.send(ErrorBody.of(error));
    }

    private ChatCompletionChunk chunk(
        List<ChatCompletionChunk.Choice> choices, @Nullable UsageBody used) {
      return new ChatCompletionChunk(
          "chatcmpl-" + facts.id(),
          "chat.completion.chunk",
          facts.created(),
          facts.model().name(),
          facts.fingerprint(),
          choices,
          used,
          facts.sotto());
    }
  }
}
