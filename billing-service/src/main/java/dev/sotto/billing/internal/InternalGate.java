package dev.sotto.billing.internal;

import dev.sotto.platform.internal.InternalToken;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets nobody in who does not show the internal token, except to health and metrics. */
@Component
class InternalGate extends OncePerRequestFilter {
  private static final String REFUSAL =
      """
      {"error":{"message":"This is not a public address; ask the gateway.","type":"authentication_error","param":null,"code":"internal_only"}}\
      """;

  private final InternalToken token;

  InternalGate(InternalToken token) {
    this.token = token;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getRequestURI().startsWith("/actuator/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (token.matches(request.getHeader(InternalToken.HEADER))) {
      chain.doFilter(request, response);
      return;
    }
    response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
    response.setContentType("application/json");
    response.getOutputStream().write(REFUSAL.getBytes(StandardCharsets.UTF_8));
  }
}
