package dev.sotto.verification.audit;

import dev.sotto.platform.internal.InternalToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether lanes have room for an audit beside callers' jobs, as the orchestration says. Careful: it
 * counts every job as if it held every lane.
 */
final class LaneRoom implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 1 << 20;

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final URI orchestration;
  private final InternalToken token;
  private final String modelDigest;

  LaneRoom(URI orchestration, InternalToken token, String modelDigest) {
    this.orchestration = orchestration;
    this.token = token;
    this.modelDigest = modelDigest;
  }

  /** Whether nobody waits and a lane of the model is free; not while nobody says so. */
  boolean free() {
    Optional<JsonNode> queue = page("/internal/queue");
    Optional<JsonNode> lanes = queue.flatMap(there -> page("/internal/lanes"));
    return lanes.isPresent() && free(queue.orElseThrow(), lanes.get(), modelDigest);
  }

  static boolean free(JsonNode queue, JsonNode lanes, String modelDigest) {
    JsonNode jobs = queue.path("jobs");
    long waiting = jobs.path("REQUESTED").asLong(0) + jobs.path("QUEUED").asLong(0);
    long holding = jobs.path("PLACED").asLong(0) + jobs.path("RUNNING").asLong(0);
    long slots = 0;
    for (JsonNode lane : lanes) {
      if (lane.path("state").asString("").equals("ALIVE")
          && lane.path("model_digest").asString("").equals(modelDigest)) {
        slots = Math.max(slots, lane.path("slots").asLong(0));
      }
    }
    return queue.path("acting").asBoolean(false) && waiting == 0 && holding < slots;
  }

  private Optional<JsonNode> page(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(orchestration.resolve(path))
            .timeout(PATIENCE)
            .header(InternalToken.HEADER, token.value())
            .build();
    try {
      HttpResponse<InputStream> answer =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes(MOST_BYTES);
        return answer.statusCode() == 200
            ? Optional.of(JsonMapper.shared().readTree(bytes))
            : Optional.empty();
      }
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
