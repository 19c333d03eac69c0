package dev.sotto.openai.error;

import dev.sotto.openai.json.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Writes errors: for controllers, filters and whoever else refuses a request. */
public final class ApiErrors {
  private ApiErrors() {}

  /** Writes an error as the whole response, unless one has begun. */
  public static void write(HttpServletResponse response, ApiError error) throws IOException {
    if (response.isCommitted()) {
      return;
    }
    byte[] body = Json.bytes(ErrorBody.of(error));
    response.resetBuffer();
    response.setStatus(error.status());
    Boolean retry = error.shouldRetry();
    if (retry != null) {
      response.setHeader("x-should-retry", retry.toString());
    }
    if (error.status() == 401) {
      response.setHeader("WWW-Authenticate", "Bearer");
    }
    if ((error.status() == 429 || error.status() == 503)
        && !response.containsHeader("retry-after")
        && !Boolean.FALSE.equals(retry)) {
      response.setHeader("retry-after", "1");
    }
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    response.flushBuffer();
  }
}
