package dev.sotto.gateway.errors;

import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.error.ApiErrors;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.filter.OncePerRequestFilter;

/** A database that does not answer is no fault of a key's: 503 where keys are looked up, too. */
public final class DatabaseAway extends OncePerRequestFilter {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseAway.class);

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (DataAccessException | TransactionException e) {
      if (!isThat(e)) {
        throw e;
      }
      say(e, response);
    }
  }

  /** Whether an exception says so, and not that something was wrong with what it was asked. */
  public static boolean isThat(Throwable e) {
    return e instanceof DataAccessResourceFailureException
        || e instanceof TransientDataAccessException
        || e instanceof CannotCreateTransactionException
        || e instanceof TransactionSystemException; // it cannot commit, nor roll back
  }

  /** It comes back, and nothing was done: the request may be sent again. */
  static void say(Exception away, HttpServletResponse response) throws IOException {
    LOG.warn("the database does not answer ({})", away.getClass().getSimpleName());
    if (!response.isCommitted()) {
      response.setHeader("x-should-retry", "true");
    }
    ApiErrors.write(
        response,
        new ApiError(
            503, "unavailable", null, "The platform is not complete just now; try again."));
  }
}
