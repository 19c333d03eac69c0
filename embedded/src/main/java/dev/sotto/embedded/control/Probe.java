package dev.sotto.embedded.control;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Asks services of this machine how they are. */
public final class Probe implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int MOST_BYTES = 1 << 20;

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  /** What a service answers. */
  public record Answer(int status, byte[] body) {}

  /** A GET with headers, names and values by turns; empty if nobody answers soon. */
  public Optional<Answer> get(URI uri, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(PATIENCE);
    if (headers.length > 0) {
      builder.headers(headers);
    }
    return send(builder.build());
  }

  /** A POST of a text; likewise. */
  public Optional<Answer> post(URI uri, String body, String... headers) {
    return send(
        HttpRequest.newBuilder(uri)
            .timeout(PATIENCE)
            .headers(headers)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private Optional<Answer> send(HttpRequest request) {
    try {
      HttpResponse<java.io.InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (var body = response.body()) {
        return Optional.of(new Answer(response.statusCode(), body.readNBytes(MOST_BYTES)));
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** What is amiss with a service, by its page of health; empty if it is well. */
  public Optional<String> amiss(URI health) {
    Optional<Answer> answer = get(health);
    if (answer.isEmpty()) {
      return Optional.of("does not answer");
    }
    int status = answer.get().status();
    return status == 200 ? Optional.empty() : Optional.of("answers " + status);
  }

  @Override
  public void close() {
    client.close();
  }
}
