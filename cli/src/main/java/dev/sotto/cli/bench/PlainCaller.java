package dev.sotto.cli.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A caller of the plain API: an HTTPS client and nothing else. Thread-safe. */
final class PlainCaller implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final int REFUSED = 429;

  private final String url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  PlainCaller(RunningPlatform platform) {
    this.url = platform.url();
  }

  /**
   * A stream, as it came. Times are seconds since the request was sent.
   *
   * @param refused whether there was none, because of a limit
   * @param first when the first token came
   * @param last when the last one came
   * @param promptTokens of the prompt
   * @param tokens of the answer
   */
  record Streamed(boolean refused, double first, double last, int promptTokens, int tokens) {}

  /**
   * Asks for a chat completion, streamed, with probabilities, for with them each token is an event.
   *
   * @param body the request but for what makes it stream, without braces
   */
  Streamed stream(String key, String body) throws IOException {
    HttpRequest request =
        request(
            "/v1/chat/completions",
            key,
            "{%s, \"logprobs\": true, \"stream\": true, \"stream_options\": {\"include_usage\": true}}"
                .formatted(body));
    long start = System.nanoTime();
    HttpResponse<Stream<String>> response = send(request, BodyHandlers.ofLines());
    double first = 0;
    double last = 0;
    JsonNode usage = JsonMapper.shared().missingNode();
    try (Stream<String> lines = response.body()) {
      if (response.statusCode() == REFUSED) {
        return new Streamed(true, 0, 0, 0, 0);
      }
      for (Iterator<String> all = lines.iterator(); all.hasNext(); ) {
        String line = all.next();
        double now = (System.nanoTime() - start) / 1e9;
        if (!line.startsWith("data: {")) {
          if (response.statusCode() != 200) {
            throw new IOException("the gateway answered " + response.statusCode() + ": " + line);
          }
          continue;
        }
        JsonNode event = JsonMapper.shared().readTree(line.substring("data: ".length()));
        if (event.has("error")) {
          throw new IOException("the stream broke off: " + event.at("/error/message").asString());
        }
        if (event.at("/choices/0/logprobs/content").size() > 0) {
          first = first == 0 ? now : first;
          last = now;
        }
        usage = event.has("usage") && event.get("usage").isObject() ? event.get("usage") : usage;
      }
    }
    int tokens = usage.path("completion_tokens").asInt();
    if (tokens == 0) {
      throw new IOException("the stream ended before its end");
    }
    return new Streamed(false, first, last, usage.path("prompt_tokens").asInt(), tokens);
  }

  /** What a request that must succeed is answered. */
  JsonNode post(String key, String path, String body) throws IOException {
    HttpResponse<String> response = send(request(path, key, body), BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException("the gateway answered " + response.statusCode() + " to " + path);
    }
    return JsonMapper.shared().readTree(response.body());
  }

  private HttpRequest request(String path, String key, String body) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(LONGEST)
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    try {
      return client.send(request, handler);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
