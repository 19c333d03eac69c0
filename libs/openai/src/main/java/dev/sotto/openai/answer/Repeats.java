package dev.sotto.openai.answer;

import dev.sotto.openai.Caller;
import dev.sotto.openai.answer.RecentAnswers.Claim;
import dev.sotto.openai.answer.RecentAnswers.RequestName;
import dev.sotto.openai.error.ApiError;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Recognises a request that a client repeats: by {@code Idempotency-Key}, or, where the official
 * clients count their retries without one, by caller, URL and body.
 */
@Component
class Repeats {
  private static final int MAX_KEY = 255;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final RecentAnswers recent = new RecentAnswers(System::nanoTime);

  Claim claim(HttpServletRequest request, Caller caller, byte[] body) {
    @Nullable String key = request.getHeader("Idempotency-Key");
    @Nullable String retries = request.getHeader("x-stainless-retry-count");
    String digest = digest(String.valueOf(request.getRequestURI()), body);
    if (key == null && retries == null) {
      return recent.unnamed();
    }
    if (key != null && (key.isBlank() || key.length() > MAX_KEY)) {
      throw ApiError.invalid(
          "Idempotency-Key",
          "invalid_value",
          "The header 'Idempotency-Key' must have 1 to %d characters.".formatted(MAX_KEY));
    }
    boolean recall = key != null || !"0".equals(retries);
    String name = key != null ? "key:" + key : "body:" + digest;
    try {
      return recent.claim(new RequestName(caller.scope(), name), digest, recall, PATIENCE);
    } catch (RecentAnswers.NameReused e) {
      throw new ApiError(
          400,
          "idempotency_key_reused",
          null,
          "This 'Idempotency-Key' was used for another request; draw a new one.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiError(503, "interrupted", null, "The server is going down.");
    }
  }

  private static String digest(String url, byte[] body) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(url.getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
      return HexFormat.of().formatHex(sha.digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
