package dev.sotto.gateway.errors;

import dev.sotto.openai.error.ApiError;

/** Errors that several routes share. */
public final class Refused {
  private Refused() {}

  /** A field that breaks its rule; 400. */
  public static ApiError invalid(String param, String rule) {
    return ApiError.invalid(param, "invalid_value", "'" + param + "' " + rule);
  }

  /** Something that is not there, or is not the caller's; 404. */
  public static ApiError notFound(String what) {
    return new ApiError(404, "not_found", null, "There is no such " + what + ".");
  }

  /** A body that is longer than its path takes; 413. */
  public static ApiError tooLarge() {
    return new ApiError(
        413, "request_too_large", null, "The request's body is too long; shorten it.");
  }
}
