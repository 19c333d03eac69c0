package dev.sotto.gateway.errors;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import tools.jackson.databind.json.JsonMapper;

/** Writes errors where no controller is: filters and the container's own refusals. */
public final class ErrorWriter {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ErrorWriter() {}

  /** Sends the error, unless an answer has begun. */
  public static void write(HttpServletResponse response, int status, ApiError error)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    byte[] body = JSON.writeValueAsBytes(error);
    response.resetBuffer();
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    response.flushBuffer();
  }
}
