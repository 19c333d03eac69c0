package dev.sotto.gateway.limits;

import dev.sotto.client.platform.JobRefused;
import dev.sotto.gateway.keys.Caller.KeyHolder;
import dev.sotto.gateway.security.CallerAuthentication;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.error.ApiErrors;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Set;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Takes one request of a key's for each answer that it asks for, and says what is left. */
public final class LimitFilter extends OncePerRequestFilter {
  private static final Set<String> COUNTED =
      Set.of("/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/sealed/jobs");

  private final Limits limits;

  /** With the keys' limits. */
  public LimitFilter(Limits limits) {
    this.limits = limits;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getMethod().equals("POST")
        && COUNTED.contains(request.getRequestURI())
        && SecurityContextHolder.getContext().getAuthentication()
            instanceof CallerAuthentication known
        && known.getPrincipal() instanceof KeyHolder key) {
      try {
        limits.request(key.keyId(), key.limits());
      } catch (JobRefused refused) {
        LimitState state = limits.state(key.keyId(), key.limits());
        LimitHeaders.set(response, state);
        response.setHeader("retry-after", Long.toString(state.retryAfter().toSeconds()));
        ApiErrors.write(response, ApiError.of(refused, "prompt"));
        return;
      }
      LimitHeaders.set(response, limits.state(key.keyId(), key.limits()));
      chain.doFilter(request, new Hinting(response, key));
    } else {
      chain.doFilter(request, response);
    }
  }

  /** Says what is left at the last moment, and, with a refusal, when to come back. */
  private final class Hinting extends HttpServletResponseWrapper {
    private final KeyHolder key;

    Hinting(HttpServletResponse response, KeyHolder key) {
      super(response);
      this.key = key;
    }

    @Override
    public void setStatus(int status) {
      super.setStatus(status);
      LimitState state = limits.state(key.keyId(), key.limits());
      LimitHeaders.set((HttpServletResponse) getResponse(), state);
      if (status == 429 && state.retryAfter().isPositive()) {
        setHeader("retry-after", Long.toString(state.retryAfter().toSeconds()));
      }
    }
  }
}
