package dev.sotto.openai.answer;

import dev.sotto.openai.error.ApiError;

/** A view that has one body at the end. */
public interface WholeView extends AnswerView {
  /** The body, once all is done. */
  Object body();

  @Override
  default void begin(int index) {}

  @Override
  default void failed(ApiError error) {}
}
