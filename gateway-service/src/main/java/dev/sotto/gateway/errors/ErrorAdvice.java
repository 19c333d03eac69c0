package dev.sotto.gateway.errors;

import dev.sotto.client.platform.JobRefused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * Turns what goes wrong in a request into the API's shape. Nothing that a caller sent is quoted.
 */
@RestControllerAdvice
class ErrorAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorAdvice.class);

  @ExceptionHandler
  ResponseEntity<ApiError> refused(JobRefused refused) {
    return ResponseEntity.status(refused.kind().status())
        .header("x-should-retry", Boolean.toString(refused.retryable()))
        .body(ApiError.of(refused));
  }

  @ExceptionHandler
  ResponseEntity<ApiError> wrong(ApiException wrong) {
    return ResponseEntity.status(wrong.status()).body(wrong.error());
  }

  @ExceptionHandler
  ResponseEntity<ApiError> unreadable(HttpMessageNotReadableException unreadable) {
    if (BodyTooLarge.in(unreadable)) {
      return status(413, "body_too_large", BodyTooLarge.MESSAGE, null);
    }
    return status(400, "invalid_json", "The body is no JSON of the kind that is expected.", null);
  }

  @ExceptionHandler
  ResponseEntity<ApiError> tooLarge(BodyTooLarge tooLarge) {
    return status(413, "body_too_large", BodyTooLarge.MESSAGE, null);
  }

  @ExceptionHandler
  ResponseEntity<ApiError> missing(MissingServletRequestParameterException missing) {
    String name = missing.getParameterName();
    return status(400, "missing_parameter", "The parameter " + name + " is missing.", name);
  }

  @ExceptionHandler
  ResponseEntity<ApiError> mismatch(MethodArgumentTypeMismatchException mismatch) {
    return status(
        400,
        "invalid_value",
        "The parameter " + mismatch.getName() + " has the wrong form.",
        mismatch.getName());
  }

  @ExceptionHandler({NoResourceFoundException.class, NoHandlerFoundException.class})
  ResponseEntity<ApiError> nothing(HttpServletRequest request) {
    return status(404, "unknown_url", "There is nothing at this path.", null);
  }

  @ExceptionHandler
  ResponseEntity<ApiError> method(HttpRequestMethodNotSupportedException wrong) {
    Set<HttpMethod> allowed = wrong.getSupportedHttpMethods();
    Set<HttpMethod> sorted = new TreeSet<>(allowed == null ? Set.of() : allowed);
    HttpHeaders headers = new HttpHeaders();
    headers.setAllow(sorted);
    return ResponseEntity.status(405)
        .headers(headers)
        .body(
            ApiError.of(
                405,
                "method_not_allowed",
                "This path takes "
                    + String.join(", ", sorted.stream().map(HttpMethod::name).toList()),
                null));
  }

  @ExceptionHandler
  ResponseEntity<ApiError> mediaType(HttpMediaTypeException wrong) {
    return wrong instanceof HttpMediaTypeNotAcceptableException
        ? status(406, "not_acceptable", "The answer has no form that the request accepts.", null)
        : status(
            415,
            "unsupported_media_type",
            "The body must be sent with the content type that this path takes.",
            null);
  }

  /** The database is away: it comes back, and nothing was done. */
  @ExceptionHandler({
    CannotCreateTransactionException.class,
    DataAccessResourceFailureException.class,
    TransientDataAccessException.class
  })
  ResponseEntity<ApiError> away(Exception away) {
    LOG.warn("the database does not answer ({})", away.getClass().getSimpleName());
    return ResponseEntity.status(503)
        .header("x-should-retry", "true")
        .body(
            ApiError.of(
                503, "unavailable", "The platform is not complete just now; try again.", null));
  }

  /** Our own fault, said loudly where we read it, and without detail to the caller. */
  @ExceptionHandler
  @Nullable ResponseEntity<ApiError> fault(
      Exception fault, HttpServletRequest request, HttpServletResponse response) {
    LOG.error(
        "a {} request failed: {} at {}",
        request.getMethod().toUpperCase(Locale.ROOT),
        fault.getClass().getName(),
        fault.getStackTrace().length == 0 ? "?" : fault.getStackTrace()[0]);
    if (response.isCommitted()) {
      return null;
    }
    return status(500, "internal_error", "The gateway failed; this is its fault, not yours.", null);
  }

  private static ResponseEntity<ApiError> status(
      int status, String code, String message, @Nullable String param) {
    return ResponseEntity.status(status).body(ApiError.of(status, code, message, param));
  }
}
