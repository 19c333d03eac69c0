package dev.sotto.embedded.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Streaming callers, all at once, who note in which order they were served. */
final class Crowd implements AutoCloseable {
  static final int TOKENS = 4;

  private static final Duration LONGEST = Duration.ofMinutes(8);
  private final String url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger served = new AtomicInteger();

  /**
   * What a caller saw.
   *
   * @param status of HTTP
   * @param headers of the response
   * @param events what the stream said, without its end
   * @param whole the body, if it was no stream
   * @param done whether the stream said that it is over
   * @param turn after how many others its job had its lane; 0 if it had none
   */
  record Seen(
      int status,
      HttpHeaders headers,
      List<JsonNode> events,
      String whole,
      boolean done,
      int turn) {
    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  /** Callers of a gateway. */
  Crowd(String url) {
    this.url = url;
  }

  /** So many ask at once, with a key. */
  List<Future<Seen>> ask(int count, String key) {
    String asking =
        """
        {"model": "small", "temperature": 0, "max_tokens": %d, "stream": true,
         "stream_options": {"include_usage": true},
         "messages": [{"role": "user", "content": "Hello"}]}"""
            .formatted(TOKENS);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
            .timeout(LONGEST)
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(asking))
            .build();
    List<Future<Seen>> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      asked.add(callers.submit(() -> one(request)));
    }
    return asked;
  }

  private Seen one(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());
    List<JsonNode> events = new ArrayList<>();
    StringBuilder whole = new StringBuilder();
    boolean done = false;
    int turn = 0;
    try (Stream<String> lines = response.body()) {
      for (String line : (Iterable<String>) lines::iterator) {
        if (line.equals("data: [DONE]")) {
          done = true;
        } else if (line.startsWith("data: ")) {
          turn = turn == 0 ? served.incrementAndGet() : turn;
          events.add(JsonMapper.shared().readTree(line.substring("data: ".length())));
        } else if (!line.startsWith(":")) {
          whole.append(line);
        }
      }
    }
    return new Seen(
        response.statusCode(), response.headers(), events, whole.toString(), done, turn);
  }

  @Override
  public void close() {
    callers.shutdownNow();
    client.shutdownNow();
    callers.close();
  }
}
