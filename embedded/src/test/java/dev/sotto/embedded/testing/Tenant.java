package dev.sotto.embedded.testing;

import static org.assertj.core.api.Assertions.assertThat;

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
 * A tenant of a home's platform that a test has made.
 *
 * @param url the gateway's address, without {@code /v1}
 * @param project its only project
 * @param key its first key, with all scopes
 */
public record Tenant(String url, String project, String key) {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** A new one, made as whoever runs the platform makes one. */
  public static Tenant make(UserHome home, String name) throws IOException, InterruptedException {
    String url = Files.readString(home.platform().gatewayUrl()).strip();
    String platformKey = Files.readString(home.platform().platformKey()).strip();
    HttpResponse<String> answer =
        post(url + "/v1/platform/tenants", platformKey, "{\"name\":\"" + name + "\"}");
    assertThat(answer.statusCode()).as("making a tenant").isEqualTo(201);
    JsonNode made = JsonMapper.shared().readTree(answer.body());
    return new Tenant(url, made.at("/project/id").asString(), made.at("/key/value").asString());
  }

  /** Sets the limits of keys, as {@code "max_concurrent_jobs":4}. */
  public void limit(String limits) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        post(
            url + "/v1/organization/projects/" + project + "/rate_limits/rl_all_models",
            key,
            "{" + limits + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /**
   * Another key that may ask for answers: nobody has used it, so no instance remembers its limits.
   */
  public String newKey() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        post(
            url + "/v1/organization/projects/" + project + "/api_keys",
            key,
            "{\"name\":\"another\",\"scopes\":[\"inference\"]}");
    assertThat(answer.statusCode()).as("making a key").isEqualTo(201);
    return JsonMapper.shared().readTree(answer.body()).path("value").asString();
  }

  /** Gets a path, as {@code /v1/models}, with the tenant's first key. */
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url + path)).GET(), key);
  }

  private static HttpResponse<String> post(String address, String key, String json)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)),
        key);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request, String key)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          request.timeout(LONGEST).header("Authorization", "Bearer " + key).build(),
          BodyHandlers.ofString());
    }
  }

  @Override
  public String toString() {
    return "Tenant[" + project + "]";
  }
}
