package dev.sotto.gateway.errors;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.client.platform.JobRefused;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error, as its body says it.
 *
 * @param error what went wrong
 */
public record ApiError(@JsonProperty("error") Detail error) {
  /**
   * All four keys are always there.
   *
   * @param message for people; no content
   * @param type the family of the error
   * @param param the field that is wrong, or null
   * @param code for programs, or null
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Detail(
      String message, String type, @Nullable String param, @Nullable String code) {}

  private static final Map<Integer, String> TYPES =
      Map.of(
          401, "authentication_error",
          403, "permission_error",
          404, "not_found_error",
          409, "conflict_error",
          429, "rate_limit_error");

  /** An error of a status: its type follows from it. */
  public static ApiError of(
      int status, @Nullable String code, String message, @Nullable String param) {
    return new ApiError(new Detail(message, type(status, code), param, code));
  }

  /** What a refused job's caller gets. */
  public static ApiError of(JobRefused refused) {
    return of(refused.kind().status(), refused.code(), message(refused), null);
  }

  private static String message(JobRefused refused) {
    String message = refused.getMessage();
    return message == null ? refused.code() : message;
  }

  private static String type(int status, @Nullable String code) {
    if ("insufficient_quota".equals(code)) {
      return "insufficient_quota";
    }
    String type = TYPES.get(status);
    return type != null ? type : status >= 500 ? "server_error" : "invalid_request_error";
  }
}
