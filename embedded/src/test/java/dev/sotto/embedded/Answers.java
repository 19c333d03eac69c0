package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A plain caller of a home's gateway. */
final class Answers {
  private Answers() {}

  /** That a chat completion is computed and answered. */
  static void assertAnswers(UserHome home) throws Exception {
    String url = Files.readString(home.platform().gatewayUrl()).strip();
    String key = Files.readString(home.platform().key()).strip();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
            .timeout(Duration.ofMinutes(2))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"model": "small", "temperature": 0, "max_tokens": 3,
                     "messages": [{"role": "user", "content": "Hello"}]}\
                    """))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      JsonNode body = JsonMapper.shared().readTree(response.body());
      assertThat(body.path("usage").path("completion_tokens").asInt()).isBetween(1, 3);
      assertThat(body.path("choices").path(0).path("message").path("role").asString())
          .isEqualTo("assistant");
    }
  }
}
