package dev.sotto.openai.answer;

import dev.sotto.openai.ApiHost;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The headers of every response: a fresh {@code x-request-id}, {@code openai-processing-ms} up to
 * when it was begun, and {@code x-sotto-enclave}.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class ResponseHeaders extends OncePerRequestFilter {
  static final String REQUEST_ID = "x-request-id";
  static final String MILLIS = "openai-processing-ms";

  private final ApiHost host;
  private final SecureRandom random = new SecureRandom();

  ResponseHeaders(ApiHost host) {
    this.host = host;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    byte[] id = new byte[16];
    random.nextBytes(id);
    response.setHeader(REQUEST_ID, "req_" + HexFormat.of().formatHex(id));
    response.setHeader("x-sotto-enclave", host.place().label());
    chain.doFilter(request, new Timed(response, System.nanoTime()));
  }

  /** Says how long it took as soon as the body begins. */
  private static final class Timed extends HttpServletResponseWrapper {
    private final HttpServletResponse response;
    private final long since;

    Timed(HttpServletResponse response, long since) {
      super(response);
      this.response = response;
      this.since = since;
    }

    private void stamp() {
      if (!response.isCommitted() && !response.containsHeader(MILLIS)) {
        response.setHeader(MILLIS, Long.toString((System.nanoTime() - since) / 1_000_000));
      }
    }

    @Override
    public jakarta.servlet.ServletOutputStream getOutputStream() throws IOException {
      stamp();
      return super.getOutputStream();
    }

    @Override
    public java.io.PrintWriter getWriter() throws IOException {
      stamp();
      return super.getWriter();
    }
  }
}
