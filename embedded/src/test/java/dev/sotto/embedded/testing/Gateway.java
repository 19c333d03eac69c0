package dev.sotto.embedded.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A plain caller of a home's gateway, with the home's key.
 *
 * @param home whose
 */
public record Gateway(UserHome home) {
  private static final Duration LONGEST = Duration.ofMinutes(3);

  /** What came back. */
  public record Reply(int status, HttpResponse<String> response, JsonNode body) {
    /** A header's value, or nothing. */
    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    @Override
    public String toString() {
      return status + " " + response.body();
    }
  }

  /** Gets a path, as {@code /v1/models}. */
  public Reply get(String path) throws IOException, InterruptedException {
    return send(to(path).GET());
  }

  /** Asks for a completion of a conversation. */
  public Reply chat(String json) throws IOException, InterruptedException {
    return send(
        to("/v1/chat/completions")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  private HttpRequest.Builder to(String path) throws IOException {
    String url = Files.readString(home.platform().gatewayUrl()).strip();
    String key = Files.readString(home.platform().key()).strip();
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(LONGEST)
        .header("Authorization", "Bearer " + key);
  }

  private static Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
      return new Reply(answer.statusCode(), answer, JsonMapper.shared().readTree(answer.body()));
    }
  }
}
