package dev.sotto.gateway.errors;

import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.error.ApiErrors;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** What this service's routes throw beyond what those of the API's library do. Quotes nothing. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class EdgeErrors {
  @ExceptionHandler
  void unreadable(HttpMessageNotReadableException unreadable, HttpServletResponse response)
      throws IOException {
    ApiErrors.write(
        response,
        BodyTooLarge.in(unreadable)
            ? Refused.tooLarge()
            : new ApiError(
                400,
                "invalid_json",
                null,
                "The body must be a JSON object whose fields have the types of this URL's."));
  }

  @ExceptionHandler
  void tooLarge(BodyTooLarge tooLarge, HttpServletResponse response) throws IOException {
    ApiErrors.write(response, Refused.tooLarge());
  }

  @ExceptionHandler
  void missing(MissingServletRequestParameterException missing, HttpServletResponse response)
      throws IOException {
    ApiErrors.write(response, Refused.invalid(missing.getParameterName(), "is missing."));
  }

  @ExceptionHandler
  void mismatch(MethodArgumentTypeMismatchException mismatch, HttpServletResponse response)
      throws IOException {
    ApiErrors.write(response, Refused.invalid(mismatch.getName(), "has the wrong type."));
  }

  /** Tomcat and the firewall read parameters late, when somebody asks for the first of them. */
  @ExceptionHandler({InvalidParameterException.class, RequestRejectedException.class})
  void unreadableParameters(Exception unreadable, HttpServletResponse response) throws IOException {
    ApiErrors.write(
        response,
        new ApiError(
            400,
            "invalid_value",
            null,
            "The URL's parameters cannot be read: each needs a name, and all must be UTF-8 without"
                + " control characters."));
  }

  @ExceptionHandler({
    CannotCreateTransactionException.class,
    TransactionSystemException.class,
    DataAccessResourceFailureException.class,
    TransientDataAccessException.class
  })
  void away(Exception away, HttpServletResponse response) throws IOException {
    DatabaseAway.say(away, response);
  }
}
