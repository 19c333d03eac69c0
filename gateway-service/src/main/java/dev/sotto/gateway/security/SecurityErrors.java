package dev.sotto.gateway.security;

import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.error.ApiErrors;
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
    boolean none = request.getHeader("Authorization") == null;
    ApiErrors.write(
        response,
        none
            ? new ApiError(
                401,
                "missing_api_key",
                null,
                "No API key was sent; send it as 'Authorization: Bearer sk-sotto-…'.")
            : new ApiError(
                401, "invalid_api_key", null, "The API key is unknown, expired or revoked."));
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException why)
      throws IOException {
    ApiErrors.write(
        response,
        new ApiError(
            403, "insufficient_scope", null, "The API key lacks the scope that this takes."));
  }
}
