package dev.sotto.gateway.security;

import dev.sotto.gateway.errors.ApiError;
import dev.sotto.gateway.errors.ErrorWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** 401 and 403 in the API's shape. Why a key is none is not told. */
final class SecurityErrors implements AuthenticationEntryPoint, AccessDeniedHandler {
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
      throws IOException {
    response.setHeader("WWW-Authenticate", "Bearer");
    boolean none = request.getHeader("Authorization") == null;
    ErrorWriter.write(
        response,
        401,
        none
            ? ApiError.of(
                401,
                "missing_api_key",
                "No API key was sent. Send it as the header \"Authorization: Bearer sk-sotto-…\".",
                null)
            : ApiError.of(
                401, "invalid_api_key", "The API key is unknown, expired or revoked.", null));
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException why)
      throws IOException {
    ErrorWriter.write(
        response,
        403,
        ApiError.of(
            403,
            "insufficient_scope",
            "The API key does not have the scope that this takes.",
            null));
  }
}
