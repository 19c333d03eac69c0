package dev.sotto.openai.answer;

import dev.sotto.openai.ApiHost;
import dev.sotto.openai.Caller;
import dev.sotto.openai.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * A request and its response. Plaintext of the caller's.
 *
 * @param request as it came
 * @param response nothing of it is written yet
 * @param caller who asks
 * @param body the request's, read and bounded
 */
public record Exchange(
    HttpServletRequest request, HttpServletResponse response, Caller caller, byte[] body) {
  /** Finds out who asks, then reads what. */
  public static Exchange of(ApiHost host, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Caller caller = host.caller(request);
    return new Exchange(request, response, caller, Json.body(request));
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "Exchange[" + body.length + " bytes]";
  }
}
