package dev.sotto.openai.error;

import dev.sotto.client.InvalidParameter;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.JobRefused.Kind;
import dev.sotto.client.platform.LaneDistrusted;
import dev.sotto.models.ModelException;
import java.io.Serial;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request is not answered: status, kind, field and sentence. No content of the caller's. */
public final class ApiError extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private static final Map<String, String> FIELDS =
      Map.of(
          "topP", "top_p",
          "frequencyPenalty", "frequency_penalty",
          "presencePenalty", "presence_penalty",
          "logitBias", "logit_bias",
          "topLogprobs", "top_logprobs",
          "maxTokens", "max_tokens");

  private final int status;
  private final @Nullable String param;
  private final @Nullable String code;
  private final @Nullable Boolean shouldRetry;

  /**
   * An error.
   *
   * @param status of HTTP
   * @param code for programs, or null
   * @param param the field that is wrong, as {@code messages[0].role}, or null
   */
  public ApiError(int status, @Nullable String code, @Nullable String param, String message) {
    this(status, code, param, message, null, null);
  }

  private ApiError(
      int status,
      @Nullable String code,
      @Nullable String param,
      String message,
      @Nullable Boolean shouldRetry,
      @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
    this.code = code;
    this.param = param;
    this.shouldRetry = shouldRetry;
  }

  /** A field's value is outside its range, or of another type. */
  public static ApiError invalid(String param, String code, String message) {
    return new ApiError(400, code, param, message);
  }

  /** A field that this API does not have, or does not have with this value. */
  public static ApiError unsupported(String param) {
    return unsupported(param, "Unsupported parameter: '%s'; leave it out.".formatted(param));
  }

  /** The same, with what is supported. */
  public static ApiError unsupported(String param, String message) {
    return new ApiError(400, "unsupported_parameter", param, message);
  }

  /** There is no such model. */
  public static ApiError noModel(String name, @Nullable String param) {
    return new ApiError(
        404,
        "model_not_found",
        param,
        "The model '%s' does not exist here; GET /v1/models lists those that do."
            .formatted(Printable.of(name, 100)));
  }

  /**
   * What an exception of the enclave means, or what was thrown if it is an error already; a bug is
   * thrown again.
   *
   * @param promptField what the caller calls the prompt
   */
  public static ApiError of(RuntimeException e, String promptField) {
    return switch (e) {
      case ApiError error -> error;
      case JobRefused refused ->
          new ApiError(
              refused.kind().status(),
              refused.code(),
              null,
              String.valueOf(refused.getMessage()),
              refused.kind() == Kind.UNAUTHENTICATED ? null : refused.retryable(),
              refused);
      case LaneException lane ->
          new ApiError(
              lane.retryable() ? 503 : 502,
              "lane_" + lane.code().name().toLowerCase(Locale.ROOT),
              null,
              "A lane did not finish the answer: " + lane.getMessage(),
              null,
              lane);
      case LaneDistrusted distrusted ->
          new ApiError(
              502,
              distrusted.reason().code(),
              null,
              String.valueOf(distrusted.getMessage()),
              false,
              distrusted);
      case InvalidParameter invalid -> {
        String field =
            invalid.field().equals("prompt")
                ? promptField
                : FIELDS.getOrDefault(invalid.field(), invalid.field());
        String rest = String.valueOf(invalid.getMessage()).substring(invalid.field().length());
        yield new ApiError(400, "invalid_value", field, "'%s'%s.".formatted(field, rest));
      }
      case ModelException model ->
          new ApiError(400, "invalid_value", promptField, String.valueOf(model.getMessage()));
      default -> throw e;
    };
  }

  /** The same, for a request on which something was computed: clients are told not to repeat it. */
  public ApiError afterCompute() {
    return new ApiError(status, code, param, String.valueOf(getMessage()), false, getCause());
  }

  /** Of HTTP. */
  public int status() {
    return status;
  }

  /** The field that is wrong, or null. */
  public @Nullable String param() {
    return param;
  }

  /** For programs, or null. */
  public @Nullable String code() {
    return code;
  }

  /** Whether clients should repeat the request, where that is known. */
  public @Nullable Boolean shouldRetry() {
    return shouldRetry;
  }

  /** OpenAI's word for the kind of error. */
  public String type() {
    if ("insufficient_quota".equals(code)) {
      return "insufficient_quota";
    }
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      default -> status >= 500 ? "server_error" : "invalid_request_error";
    };
  }
}
