package dev.sotto.gateway.services;

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
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks another service for what it knows of a tenant, as one service asks another: with the
 * internal token. Errors are an {@link ApiError}.
 */
public final class ServiceReports {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final int MOST_BYTES = 8 << 20;
  private static final Set<Integer> PASSED_ON = Set.of(200, 400, 404);

  private final String service;
  private final @Nullable URI base;
  private final InternalToken token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /**
   * Of one service.
   *
   * @param service as sentences name it
   * @param base its address; every question is answered with 404 where it is null
   */
  public ServiceReports(String service, @Nullable URI base, InternalToken token) {
    this.service = service;
    this.base = base;
    this.token = token;
  }

  /**
   * What the service answers, if it is a report, says what is wrong with the request, or that there
   * is nothing.
   *
   * @param status 200, 400 or 404
   * @param body JSON; may be empty unless the status is 200
   */
  public record Report(int status, byte[] body) {}

  /** Asks; a status other than the report's is the service's fault and a 503. */
  public Report ask(UUID tenant, String path, Map<String, List<String>> query) {
    if (base == null) {
      throw new ApiError(
          404, "not_configured", null, "This installation has no " + service + " to ask.");
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(trimmed(base) + path + written(query)))
            .timeout(ANSWER)
            .header(InternalToken.HEADER, token.value())
            .header(InternalToken.TENANT_HEADER, tenant.toString())
            .GET()
            .build();
    try {
      HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream in = answer.body()) {
        byte[] body = in.readNBytes(MOST_BYTES);
        if (PASSED_ON.contains(answer.statusCode())) {
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

  private ApiError away() {
    return new ApiError(
        503, "unavailable", null, "The " + service + " does not answer just now; try again.");
  }

  private static String trimmed(URI uri) {
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
