package dev.sotto.gateway.security;

import dev.sotto.gateway.keys.Caller;
import dev.sotto.gateway.keys.Caller.KeyHolder;
import dev.sotto.openai.error.ApiError;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** Who makes the request that this thread serves. */
public final class SignedIn {
  private SignedIn() {}

  /** Whoever it is. */
  public static Caller caller() {
    Authentication now = SecurityContextHolder.getContext().getAuthentication();
    if (now instanceof CallerAuthentication known) {
      return known.getPrincipal();
    }
    if (now instanceof PlatformAuthentication) {
      throw new ApiError(
          403, "api_key_required", null, "The installation's own key only makes tenants.");
    }
    throw new ApiError(401, "missing_api_key", null, "No API key was sent.");
  }

  /** The holder of a key: only keys have jobs. */
  public static KeyHolder keyHolder() {
    if (caller() instanceof KeyHolder holder) {
      return holder;
    }
    throw new ApiError(403, "api_key_required", null, "Only API keys may do this.");
  }
}
