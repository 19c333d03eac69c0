package dev.sotto.gateway.errors;

import org.jspecify.annotations.Nullable;

/** A request that cannot be served, and what its caller is told. The message has no content. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final @Nullable String param;

  /**
   * An error.
   *
   * @param status of HTTP
   * @param code for programs
   * @param param the field that is wrong, or null
   */
  public ApiException(int status, String code, String message, @Nullable String param) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  /** A field that breaks its rule; 400. */
  public static ApiException invalid(String param, String rule) {
    return new ApiException(400, "invalid_value", param + " " + rule, param);
  }

  /** Something that is not there, or is not the caller's; 404. */
  public static ApiException notFound(String what) {
    return new ApiException(404, "not_found", "There is no such " + what + ".", null);
  }

  /** Of HTTP. */
  public int status() {
    return status;
  }

  /** As the body says it. */
  public ApiError error() {
    String message = getMessage();
    return ApiError.of(status, code, message == null ? code : message, param);
  }
}
