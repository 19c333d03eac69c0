package dev.sotto.openai.error;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * An error as clients of the OpenAI API know it; all four keys are always there.
 *
 * @param error what went wrong
 */
public record ErrorBody(@JsonProperty(required = true) Details error) {
  /**
   * What went wrong.
   *
   * @param message for people
   * @param type the kind of error
   * @param param the field that is wrong, or null
   * @param code for programs, or null
   */
  public record Details(
      @JsonProperty(required = true) String message,
      @JsonProperty(required = true) String type,
      @Nullable String param,
      @Nullable String code) {}

  /** Of an error. */
  public static ErrorBody of(ApiError error) {
    return new ErrorBody(
        new Details(String.valueOf(error.getMessage()), error.type(), error.param(), error.code()));
  }
}
