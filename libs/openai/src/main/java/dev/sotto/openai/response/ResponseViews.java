package dev.sotto.openai.response;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerPiece;
import dev.sotto.openai.answer.AnswerView;
import dev.sotto.openai.answer.EventStream;
import dev.sotto.openai.answer.TokenUsage;
import dev.sotto.openai.answer.WholeView;
import dev.sotto.openai.chat.ChatLogprobs;
import dev.sotto.openai.error.ApiError;
import java.util.List;

/** How responses are shown. */
final class ResponseViews {
  private ResponseViews() {}

  /** One body at the end. */
  record Whole(ResponseDraft draft) implements WholeView {
    @Override
    public void piece(int index, AnswerPiece piece) {
      draft.add(piece);
    }

    @Override
    public void end(int index, Answer answer) {
      draft.end(answer);
    }

    @Override
    public void done(TokenUsage usage) {
      draft.used(usage);
    }

    @Override
    public ResponseBody body() {
      return draft.body();
    }
  }

  /** Events on the way. */
  static final class Streamed implements AnswerView {
    private final ResponseDraft draft;
    private final EventStream events;
    private int number;

    Streamed(ResponseDraft draft, EventStream events) {
      this.draft = draft;
      this.events = events;
    }

    @Override
    public void begin(int index) {
      whole("response.created");
      whole("response.in_progress");
      item("response.output_item.added", true);
      part("response.content_part.added", true);
    }

    @Override
    public void piece(int index, AnswerPiece piece) {
      List<ChatLogprobs.Content> logprobs = draft.add(piece);
      if (!piece.text().isEmpty() || !logprobs.isEmpty()) {
        ResponseEvent event = ResponseEvent.delta(number++, draft.itemId(), piece.text(), logprobs);
        events.sendPadded(event.type(), event);
      }
    }

    @Override
    public void end(int index, Answer answer) {
      draft.end(answer);
      ResponseEvent text =
          ResponseEvent.text(number++, draft.itemId(), draft.text(), draft.logprobs());
      events.send(text.type(), text);
      part("response.content_part.done", false);
      item("response.output_item.done", false);
    }

    @Override
    public void done(TokenUsage usage) {
      draft.used(usage);
      whole("response." + draft.status());
    }

    @Override
    public void failed(ApiError error) {
      events.send(
          "response.failed", ResponseEvent.of("response.failed", number++, draft.failed(error)));
    }

    private void whole(String type) {
      events.send(type, ResponseEvent.of(type, number++, draft.body()));
    }

    private void item(String type, boolean empty) {
      events.send(type, ResponseEvent.of(type, number++, draft.item(empty)));
    }

    private void part(String type, boolean empty) {
      events.send(type, ResponseEvent.of(type, number++, draft.itemId(), draft.part(empty)));
    }
  }
}
