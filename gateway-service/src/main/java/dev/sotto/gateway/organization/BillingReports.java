package dev.sotto.gateway.organization;

import dev.sotto.openai.error.ApiError;
import dev.sotto.platform.internal.InternalToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks billing for a tenant's reports, as one service asks another: with the internal token. */
final class BillingReports {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final int MOST_BYTES = 8 << 20;

  private final @Nullable URI billing;
  private final InternalToken token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  BillingReports(@Nullable URI billing, InternalToken token) {
    this.billing = billing;
    this.token = token;
  }

  /**
   * What billing answers, if it is a report or says what is wrong with the request.
   *
   * @param status 200 or 400
   * @param body JSON
   */
  record Report(int status, byte[] body) {}

  Report ask(UUID tenant, String path, Map<String, List<String>> query) {
    if (billing == null) {
      throw new ApiError(
          404, "not_configured", null, "This installation has no billing: nothing is counted.");
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base(billing) + path + written(query)))
            .timeout(ANSWER)
            .header(InternalToken.HEADER, token.value())
            .header(InternalToken.TENANT_HEADER, tenant.toString())
            .GET()
            .build();
    try {
      HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream in = answer.body()) {
        byte[] body = in.readNBytes(MOST_BYTES);
        if (answer.statusCode() == 200 || answer.statusCode() == 400) {
          return new Report(answer.statusCode(), body);
        }
      }
    } catch (IOException e) {
      throw away();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away();
    }
    throw away();
  }

  private static ApiError away() {
    return new ApiError(503, "unavailable", null, "Billing does not answer just now; try again.");
  }

  private static String base(URI uri) {
    return uri.toString().replaceAll("/+$", "");
  }

  private static String written(Map<String, List<String>> query) {
    return query.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().stream()
                    .map(value -> encoded(entry.getKey()) + "=" + encoded(value)))
        .collect(Collectors.joining("&", "?", ""));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
