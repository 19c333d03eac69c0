package dev.sotto.openai.completion;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerPiece;
import dev.sotto.client.AnswerPiece.Token;
import dev.sotto.openai.answer.AnswerFacts;
import dev.sotto.openai.answer.AnswerView;
import dev.sotto.openai.answer.EventStream;
import dev.sotto.openai.answer.TokenUsage;
import dev.sotto.openai.answer.UsageBody;
import dev.sotto.openai.answer.WholeView;
import dev.sotto.openai.chat.ChatLogprobs;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.error.ErrorBody;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How completions of raw text are shown. */
final class CompletionViews {
  private CompletionViews() {}

  private static CompletionBody body(
      AnswerFacts facts, List<CompletionBody.Choice> choices, @Nullable UsageBody usage) {
    return new CompletionBody(
        "cmpl-" + facts.id(),
        "text_completion",
        facts.created(),
        facts.model().name(),
        choices,
        usage,
        facts.fingerprint(),
        facts.sotto());
  }

  /** Of tokens whose text begins {@code offset} characters into the answer. */
  private static CompletionBody.Logprobs logprobs(List<Token> tokens, int offset) {
    List<String> texts = new ArrayList<>();
    List<Double> logprobs = new ArrayList<>();
    List<Map<String, Double>> tops = new ArrayList<>();
    List<Integer> offsets = new ArrayList<>();
    int at = offset;
    for (Token token : tokens) {
      String text = ChatLogprobs.text(token.choice());
      texts.add(text);
      logprobs.add(token.choice().logprob());
      Map<String, Double> top = new LinkedHashMap<>();
      token.top().forEach(t -> top.putIfAbsent(ChatLogprobs.text(t), t.logprob()));
      tops.add(top);
      offsets.add(at);
      at += text.length();
    }
    return new CompletionBody.Logprobs(texts, logprobs, tops, offsets);
  }

  /** One body at the end. */
  static final class Whole implements WholeView {
    private final AnswerFacts facts;
    private final boolean logprobs;
    private final List<CompletionBody.Choice> choices = new ArrayList<>();
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
          new CompletionBody.Choice(
              answer.text(),
              index,
              logprobs ? logprobs(tokens, 0) : null,
              answer.finish().label()));
      tokens.clear();
    }

    @Override
    public void done(TokenUsage used) {
      usage = UsageBody.of(used);
    }

    @Override
    public CompletionBody body() {
      return CompletionViews.body(facts, choices, usage);
    }
  }

  /** Chunks on the way. */
  static final class Streamed implements AnswerView {
    private final AnswerFacts facts;
    private final EventStream events;
    private final boolean logprobs;
    private final boolean usage;
    private int told;

    Streamed(AnswerFacts facts, EventStream events, boolean logprobs, boolean usage) {
      this.facts = facts;
      this.events = events;
      this.logprobs = logprobs;
      this.usage = usage;
    }

    @Override
    public void begin(int index) {
      told = 0;
    }

    @Override
    public void piece(int index, AnswerPiece piece) {
      if (piece.text().isEmpty() && !logprobs) {
        return;
      }
      CompletionBody.Logprobs probabilities = logprobs ? logprobs(piece.tokens(), told) : null;
      told += piece.text().length();
      send(new CompletionBody.Choice(piece.text(), index, probabilities, null));
    }

    @Override
    public void end(int index, Answer answer) {
      send(new CompletionBody.Choice("", index, null, answer.finish().label()));
    }

    private void send(CompletionBody.Choice choice) {
      events.send(body(facts, List.of(choice), null));
    }

    @Override
    public void done(TokenUsage used) {
      if (usage) {
        events.send(body(facts, List.of(), UsageBody.of(used)));
      }
      events.sendDone();
    }

    @Override
    public void failed(ApiError error) {
      events.send(ErrorBody.of(error));
    }
  }
}
