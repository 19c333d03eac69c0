package dev.sotto.openai.response;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerPiece;
import dev.sotto.openai.answer.AnswerFacts;
import dev.sotto.openai.answer.Ask;
import dev.sotto.openai.answer.TokenUsage;
import dev.sotto.openai.chat.ChatLogprobs;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.error.ErrorBody;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A response as it grows. Plaintext of the caller's. */
final class ResponseDraft {
  private final AnswerFacts facts;
  private final Ask ask;
  private final Echo echo;
  private final StringBuilder text = new StringBuilder();
  private final List<ChatLogprobs.Content> logprobs = new ArrayList<>();
  private @Nullable Answer answer;
  private @Nullable TokenUsage usage;

  ResponseDraft(AnswerFacts facts, Ask ask, Echo echo) {
    this.facts = facts;
    this.ask = ask;
    this.echo = echo;
  }

  String itemId() {
    return "msg_" + facts.id();
  }

  /** Takes a part in, and gives the probabilities of its tokens, if they are asked for. */
  List<ChatLogprobs.Content> add(AnswerPiece piece) {
    text.append(piece.text());
    List<ChatLogprobs.Content> more =
        ask.logprobs() ? ChatLogprobs.contents(piece.tokens()) : List.of();
    logprobs.addAll(more);
    return more;
  }

  void end(Answer given) {
    answer = given;
  }

  void used(TokenUsage given) {
    usage = given;
  }

  List<ChatLogprobs.Content> logprobs() {
    return List.copyOf(logprobs);
  }

  String text() {
    return text.toString();
  }

  String status() {
    if (answer == null) {
      return "in_progress";
    }
    return answer.finish() == Answer.Finish.LENGTH ? "incomplete" : "completed";
  }

  ResponseBody.Part part(boolean empty) {
    return new ResponseBody.Part(
        "output_text", empty ? "" : text(), List.of(), empty ? List.of() : logprobs());
  }

  ResponseBody.Item item(boolean empty) {
    return new ResponseBody.Item(
        "message",
        itemId(),
        empty ? "in_progress" : status(),
        "assistant",
        empty ? List.of() : List.of(part(false)));
  }

  ResponseBody body() {
    return body(status(), answer == null ? List.of() : List.of(item(false)), null);
  }

  ResponseBody failed(ApiError error) {
    return body("failed", List.of(), ErrorBody.of(error).error());
  }

  private ResponseBody body(
      String status, List<ResponseBody.Item> output, ErrorBody.@Nullable Details error) {
    return new ResponseBody(
        "resp_" + facts.id(),
        "response",
        facts.created(),
        status,
        false,
        error,
        status.equals("incomplete") ? new ResponseBody.Incomplete("max_output_tokens") : null,
        echo.instructions(),
        ask.maxTokens(),
        facts.model().name(),
        output,
        false,
        null,
        false,
        ask.sampling().temperature(),
        new ResponseBody.Text(new ResponseBody.Format("text")),
        "none",
        List.of(),
        echo.topP(),
        "disabled",
        used(),
        echo.metadata(),
        facts.sotto());
  }

  private ResponseBody.@Nullable Used used() {
    TokenUsage u = usage;
    return u == null
        ? null
        : new ResponseBody.Used(
            u.promptTokens(),
            new ResponseBody.InputDetails(0, 0),
            u.completionTokens(),
            new ResponseBody.OutputDetails(0),
            u.total());
  }
}
