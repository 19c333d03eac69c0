package dev.sotto.openai.error;

import dev.sotto.client.platform.JobRefused;
import dev.sotto.contracts.BadMessage;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Whatever a controller, or the framework before it, throws, in OpenAI's shape. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
class ErrorAdvice {
  @ExceptionHandler
  void handle(Exception thrown, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (thrown) {
      case ApiError error -> ApiErrors.write(response, error);
      case JobRefused refused -> ApiErrors.write(response, ApiError.of(refused, "prompt"));
      case BadMessage bad ->
          ApiErrors.write(
              response,
              new ApiError(400, "invalid_value", bad.field(), String.valueOf(bad.getMessage())));
      case CancellationException _ -> {} // nobody is there to hear it
      case ErrorResponse known -> {
        known.getHeaders().forEach((name, values) -> header(response, name, values));
        ApiErrors.write(response, of(known.getStatusCode(), request));
      }
      // The client is gone: there is nobody to tell, and nothing of ours is wrong.
      case IOException _ when response.isCommitted() -> {}
      default -> ApiErrors.write(response, Faults.told(thrown, response));
    }
  }

  private static void header(HttpServletResponse response, String name, Iterable<String> values) {
    if (!name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)) {
      values.forEach(value -> response.addHeader(name, value));
    }
  }

  /** What the framework refuses by itself. */
  static ApiError of(HttpStatusCode status, HttpServletRequest request) {
    String method = String.valueOf(request.getMethod());
    return switch (status.value()) {
      case 404 ->
          new ApiError(
              404,
              "unknown_url",
              null,
              "Unknown request URL: %s %s; check it against the API's documentation."
                  .formatted(method, Printable.of(String.valueOf(request.getRequestURI()), 200)));
      case 405 ->
          new ApiError(
              405, "method_not_supported", null, "%s is not for this URL.".formatted(method));
      case 406 ->
          new ApiError(406, "not_acceptable", null, "The answer is JSON or an event stream.");
      case 413 -> tooLarge();
      case 415 ->
          new ApiError(
              415, "unsupported_media_type", null, "The body must be of type application/json.");
      default ->
          new ApiError(
              status.value(),
              status.is4xxClientError() ? "bad_request" : "internal_error",
              null,
              "The request was refused with status %d.".formatted(status.value()));
    };
  }

  private static ApiError tooLarge() {
    return new ApiError(
        413, "request_too_large", null, "The request's body is too long; shorten it.");
  }
}
