package dev.sotto.billing.internal;

import dev.sotto.billing.credit.NotPossible;
import dev.sotto.platform.internal.InternalToken;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Errors in OpenAI's shape. */
@RestControllerAdvice
class Errors {
  private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

  @ExceptionHandler
  ResponseEntity<Object> badRequest(BadRequest e) {
    return answer(HttpStatus.BAD_REQUEST, e.getMessage(), e.param(), "invalid_value");
  }

  @ExceptionHandler
  ResponseEntity<Object> notPossible(NotPossible e) {
    return answer(HttpStatus.CONFLICT, e.getMessage(), e.field(), "not_possible");
  }

  @ExceptionHandler
  ResponseEntity<Object> unreadable(HttpMessageNotReadableException e) {
    return answer(
        HttpStatus.BAD_REQUEST, "The body is not what is documented", null, "invalid_body");
  }

  /** What Spring itself refuses: paths, methods, media types, headers; and what nobody foresaw. */
  @ExceptionHandler
  ResponseEntity<Object> other(Exception e) {
    if (e instanceof ErrorResponse known && known.getStatusCode().is4xxClientError()) {
      HttpStatus status = HttpStatus.valueOf(known.getStatusCode().value());
      return answer(
          status,
          status == HttpStatus.BAD_REQUEST
              ? "A parameter is malformed; calls name their tenant in "
                  + InternalToken.TENANT_HEADER
              : status.getReasonPhrase(),
          null,
          "invalid_request");
    }
    if (e
        instanceof org.springframework.web.method.annotation.MethodArgumentTypeMismatchException) {
      return answer(HttpStatus.BAD_REQUEST, "A parameter is malformed", null, "invalid_request");
    }
    LOG.error("A request failed", e);
    return answer(HttpStatus.INTERNAL_SERVER_ERROR, "Billing failed; try again", null, "internal");
  }

  private static ResponseEntity<Object> answer(
      HttpStatus status, @Nullable String message, @Nullable String param, String code) {
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("message", message);
    error.put("type", status.is5xxServerError() ? "server_error" : "invalid_request_error");
    error.put("param", param);
    error.put("code", code);
    return ResponseEntity.status(status).body(Map.of("error", error));
  }
}
