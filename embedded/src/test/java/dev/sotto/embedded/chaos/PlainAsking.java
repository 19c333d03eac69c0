package dev.sotto.embedded.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An HTTPS client that has an answer streamed; what it gets is read as its words say. */
final class PlainAsking implements Asking {
  private final AtomicInteger come = new AtomicInteger();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  private PlainAsking() {}

  /** Asks for a greedy answer of so many tokens. */
  static PlainAsking ask(String url, String key, String question, int tokens) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", "small").put("temperature", 0).put("max_tokens", tokens).put("stream", true);
    body.putArray("messages").addObject().put("role", "user").put("content", question);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
            .timeout(DEADLINE)
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    PlainAsking asking = new PlainAsking();
    Thread.ofVirtual().name("plain-caller").start(() -> asking.run(request));
    return asking;
  }

  private void run(HttpRequest request) {
    StringBuilder text = new StringBuilder();
    try (HttpClient client = HttpClient.newHttpClient()) {
      try {
        HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
          outcome.complete(
              response.statusCode() == 200
                  ? streamed(lines.iterator(), text)
                  : refused(lines.collect(Collectors.joining()), response));
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        // Whoever answers is gone: a connection that ends is what a client can be told of that.
        outcome.complete(new Outcome.Refused("connection_lost", true, text.toString()));
      } finally {
        client.shutdownNow();
      }
    } catch (InterruptedException | RuntimeException e) {
      outcome.completeExceptionally(e);
    }
  }

  private Outcome streamed(Iterator<String> lines, StringBuilder text) {
    boolean finished = false;
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.equals("data: [DONE]")) {
        return finished
            ? new Outcome.Answered(text.toString())
            : new Outcome.Refused("done_without_an_end", false, text.toString());
      }
      if (line.startsWith("data: ")) {
        JsonNode chunk = JsonMapper.shared().readTree(line.substring("data: ".length()));
        if (chunk.has("error")) {
          return refused(chunk.path("error"), text);
        }
        JsonNode choice = chunk.path("choices").path(0);
        text.append(choice.path("delta").path("content").asString(""));
        finished |= choice.hasNonNull("finish_reason");
        come.incrementAndGet();
      }
    }
    return new Outcome.Refused("connection_lost", true, text.toString());
  }

  private static Outcome refused(JsonNode error, CharSequence text) {
    String code = error.path("code").asString("");
    boolean later = !code.isEmpty() && !code.equals("internal_error");
    return new Outcome.Refused(code, later, text.toString());
  }

  private static Outcome refused(String body, HttpResponse<?> response) {
    String code;
    try {
      code = JsonMapper.shared().readTree(body).path("error").path("code").asString("");
    } catch (JacksonException e) {
      code = "";
    }
    boolean later =
        response.headers().firstValue("x-should-retry").map(Boolean::valueOf).orElse(false);
    return new Outcome.Refused(response.statusCode() + " " + code, later, "");
  }

  @Override
  public int come() {
    return come.get();
  }

  @Override
  public Outcome outcome() throws InterruptedException {
    try {
      return outcome.get(DEADLINE.plusSeconds(10).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the caller failed", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("neither an answer nor an error came before the deadline", e);
    }
  }
}
