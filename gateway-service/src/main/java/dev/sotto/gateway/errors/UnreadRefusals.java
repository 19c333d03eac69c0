package dev.sotto.gateway.errors;

import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.error.ApiErrors;
import java.io.IOException;
import java.util.UUID;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/** What Tomcat refuses before any of our filters sees it: in the API's shape, not as a page. */
public final class UnreadRefusals extends ErrorReportValve {
  /** Made by Tomcat. */
  public UnreadRefusals() {}

  @Override
  protected void report(Request request, Response response, @Nullable Throwable thrown) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    response.setHeader("x-request-id", "req_" + UUID.randomUUID().toString().replace("-", ""));
    try {
      ApiErrors.write(
          response,
          status >= 500
              ? new ApiError(status, "internal_error", null, "This is a fault of the server.")
              : new ApiError(status, "bad_request", null, "The request is none that can be read."));
    } catch (IOException e) {
      // Nobody is there to hear it.
    }
  }
}
