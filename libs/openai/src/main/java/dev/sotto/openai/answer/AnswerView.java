package dev.sotto.openai.answer;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerPiece;
import dev.sotto.openai.error.ApiError;

/** How an endpoint shows answers: as one body at the end, or as events on the way. */
public interface AnswerView {
  /** An answer's job has its lanes. */
  void begin(int index);

  /** A part of an answer. */
  void piece(int index, AnswerPiece piece);

  /** An answer is complete. */
  void end(int index, Answer answer);

  /** All are. */
  void done(TokenUsage usage);

  /** They will not be; told only to views that have shown something already. */
  void failed(ApiError error);
}
