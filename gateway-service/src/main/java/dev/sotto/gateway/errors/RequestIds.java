package dev.sotto.gateway.errors;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives each request an id of its own, which the answer and the logs name. */
public final class RequestIds extends OncePerRequestFilter {
  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String id = "req_" + UUID.randomUUID().toString().replace("-", "");
    response.setHeader("x-request-id", id);
    try (MDC.MDCCloseable _ = MDC.putCloseable("request_id", id)) {
      chain.doFilter(request, response);
    }
  }
}
