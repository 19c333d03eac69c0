package dev.sotto.openai.error;

import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Faults of our own: loud in the log, with the request's id and their place; silent to callers. */
public final class Faults {
  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

  private Faults() {}

  /** Logs a fault and gives what its caller is told. */
  public static ApiError told(Throwable fault, HttpServletResponse response) {
    LOG.error("request {} failed: {}", response.getHeader("x-request-id"), where(fault));
    return bug();
  }

  /** What a caller is told of any fault. */
  static ApiError bug() {
    return new ApiError(
        500,
        "internal_error",
        null,
        "This is a fault of the server, not of the request; its log names this request's id.");
  }

  /** Class and place, without the message, which could carry a value. */
  private static String where(Throwable fault) {
    StackTraceElement[] trace = fault.getStackTrace();
    String place = trace.length == 0 ? "an unknown place" : trace[0].toString();
    return fault.getClass().getName() + " at " + place;
  }
}
