package dev.sotto.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** What strangers send, and that everything is answered in one shape, without a fault of ours. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRequestsTest {
  @TempDir static Path folder;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start(folder, Map.of());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static void hasTheShape(Answer answer, int status) {
    assertThat(answer.status()).as(answer.raw().uri().toString()).isEqualTo(status);
    assertThat(answer.header("content-type"))
        .as(answer.raw().uri().toString())
        .startsWith("application/json");
    assertThat(answer.json().propertyNames()).containsExactly("error");
    assertThat(answer.json().at("/error").propertyNames())
        .containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(answer.text("/error/message")).isNotBlank();
    assertThat(answer.header("x-request-id")).startsWith("req_");
  }

  @Test
  void everyRefusalHasTheShape() {
    Http http = gateway.http();
    String chat = "/v1/chat/completions";
    hasTheShape(http.as(null).get("/v1/models"), 401);
    hasTheShape(http.as("sk-sotto-00000000-" + "A".repeat(43)).get("/v1/models"), 401);
    hasTheShape(http.as("sk-other").get("/v1/models"), 401);
    hasTheShape(http.as("a.b.c").get("/v1/models"), 401);
    hasTheShape(http.get("/v1/nothing"), 404);
    hasTheShape(http.get("/v1/models/nothing"), 404);
    hasTheShape(http.get("/v1/jobs/" + "0".repeat(32)), 404);
    hasTheShape(http.get("/v1/jobs/%00"), 400);
    hasTheShape(http.get("/v1/jobs/..%2f..%2fetc"), 400);
    hasTheShape(http.get("/v1/jobs/'or'1'='1"), 404);
    hasTheShape(http.get("/v1/organization/projects/proj_x"), 404);
    hasTheShape(http.get("/v1/organization/projects?limit=0"), 400);
    hasTheShape(http.get("/v1/organization/projects?limit=101"), 400);
    hasTheShape(http.get("/v1/organization/projects?limit=many"), 400);
    hasTheShape(http.get("/v1/organization/projects?after=proj_'"), 400);
    hasTheShape(http.get(chat), 405);
    hasTheShape(http.delete("/v1/models"), 405);
    hasTheShape(http.post(chat, "{"), 400);
    hasTheShape(http.post(chat, "[]"), 400);
    hasTheShape(http.post(chat, "{}"), 400);
    hasTheShape(http.post(chat, "[".repeat(100_000)), 400);
    hasTheShape(http.post("/v1/sealed/jobs", "{"), 400);
    hasTheShape(http.post("/v1/sealed/jobs", "[".repeat(100_000)), 400);
    hasTheShape(http.post("/v1/sealed/jobs", "{\"prompt_tokens\":\"many\"}"), 400);
    hasTheShape(http.post("/v1/sealed/jobs", "null"), 400);
    hasTheShape(http.post("/v1/organization/projects", "{\"name\":\"\"}"), 400);
    hasTheShape(
        http.post("/v1/organization/projects", "{\"name\":\"" + "x".repeat(201) + "\"}"), 400);
    hasTheShape(http.post("/v1/organization/projects", "{\"name\":\"a\\u0000b\"}"), 400);
    hasTheShape(
        http.send(
            http.request(chat)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("x"))),
        415);
    hasTheShape(http.put("/v1/sealed/jobs/" + "0".repeat(32) + "/steps/0", new byte[3]), 400);
    hasTheShape(http.get("/v1/organization/costs"), 404);
  }

  @Test
  void longBodiesAreRefusedWhetherTheySaySoOrNot() {
    Http http = gateway.http();
    String long1 = "{\"model\":\"" + "x".repeat(2 << 20) + "\"}";
    hasTheShape(http.post("/v1/chat/completions", long1), 413);
    hasTheShape(http.post("/v1/sealed/jobs", long1), 413);
    byte[] bytes = long1.getBytes(StandardCharsets.UTF_8);
    for (String path : List.of("/v1/chat/completions", "/v1/sealed/jobs")) {
      Answer chunked =
          http.send(
              http.request(path)
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))));
      hasTheShape(chunked, 413);
    }
  }

  @Test
  void aKeyInTheAddressOrACookieIsNone() {
    Http http = gateway.http().as(null);
    hasTheShape(http.get("/v1/models?access_token=" + gateway.key()), 401);
    hasTheShape(
        http.send(http.request("/v1/models").header("Cookie", "key=" + gateway.key()).GET()), 401);
    hasTheShape(
        http.send(http.request("/v1/models").header("Authorization", "Basic YTpi").GET()), 401);
    Answer answer = gateway.http().get("/v1/models");
    assertThat(answer.header("set-cookie")).isNull();
  }

  @Test
  void answersCarryWhatKeepsBrowsersApart() {
    Answer answer = gateway.http().get("/v1/models");
    assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.header("x-frame-options")).isEqualTo("DENY");
    assertThat(answer.header("content-security-policy")).contains("default-src 'none'");
    assertThat(answer.header("cache-control")).contains("no-store");
    assertThat(answer.header("server")).isNull();
    assertThat(answer.header("x-sotto-enclave")).isEqualTo("gateway");
  }

  @Test
  void pagesOfAnyOriginMayAskButNeverWithCredentials() throws IOException {
    String preflight =
        raw(
            lines(
                "OPTIONS /v1/chat/completions HTTP/1.1",
                "Host: x",
                "Origin: https://chat.example",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization,content-type",
                "Connection: close"));
    assertThat(preflight).startsWith("HTTP/1.1 200");
    assertThat(preflight).containsIgnoringCase("Access-Control-Allow-Origin:");
    assertThat(preflight).doesNotContainIgnoringCase("Access-Control-Allow-Credentials");
    String admin =
        raw(
            lines(
                "OPTIONS /v1/organization/projects HTTP/1.1",
                "Host: x",
                "Origin: https://e.example",
                "Access-Control-Request-Method: POST",
                "Connection: close"));
    assertThat(admin).doesNotContainIgnoringCase("Access-Control-Allow-Origin");
  }

  @Test
  void nonsenseOnTheWireIsRefused() throws IOException {
    for (String sent :
        List.of(
            "GET / HTTP/9.9\r\n\r\n",
            "GARBAGE\r\n\r\n",
            "GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
            lines(
                    "POST /v1/chat/completions HTTP/1.1",
                    "Host: a",
                    "Content-Length: 3",
                    "Transfer-Encoding: chunked",
                    "Content-Length: 4",
                    "Connection: close")
                + "xxx",
            "GET /" + "a".repeat(40_000) + " HTTP/1.1\r\nHost: a\r\n\r\n")) {
      String answer = raw(sent);
      assertThat(answer).matches("(?s)(HTTP/1.1 (4|505).*)?");
      assertThat(answer).doesNotContain("tomcat", "Tomcat", "Exception", "\tat ");
    }
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  private static String raw(String request) throws IOException {
    URI base = URI.create(gateway.base());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), base.getPort())) {
      socket.setSoTimeout(60_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException e) {
      return ""; // cut off: an answer too
    }
  }

  @Test
  void everyAddressIsInTheDocument() {
    Set<String> written =
        Set.copyOf(gateway.http().get("/v1/openapi.json").json().at("/paths").propertyNames());
    RequestMappingHandlerMapping mapped =
        gateway
            .context()
            .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
    Set<String> ours = new TreeSet<>();
    mapped
        .getHandlerMethods()
        .forEach(
            (mapping, method) -> {
              String type = method.getBeanType().getName();
              if (type.startsWith("dev.sotto.") && !type.endsWith(".ErrorPage")) {
                ours.addAll(mapping.getPatternValues());
              }
            });
    assertThat(ours).hasSizeGreaterThan(15);
    assertThat(written).containsExactlyInAnyOrderElementsOf(ours);
  }

  @Test
  void theDocumentSaysHowJobsAreFoundAndTenantsMade() {
    JsonNode paths = gateway.http().get("/v1/openapi.json").json().path("paths");
    for (String path : List.of("/v1/chat/completions", "/v1/completions", "/v1/responses")) {
      JsonNode answer = paths.path(path).at("/post/responses/200");
      assertThat(answer.at("/headers/x-sotto-job/description").asString())
          .as(path)
          .contains("32 hexadecimal digits");
    }
    assertThat(paths.path("/v1/platform/tenants").at("/post/responses/201").isMissingNode())
        .isFalse();
    assertThat(paths.path("/v1/platform/tenants").at("/post/responses").propertyNames())
        .contains("400", "401", "403");
  }

  @Test
  void healthAndDocumentNeedNoKeyAndMetricsAreElsewhere() {
    Http anyone = gateway.http().as(null);
    assertThat(anyone.get("/healthz").text("/status")).isEqualTo("ok");
    Answer ready = anyone.get("/readyz");
    assertThat(ready.status()).isEqualTo(200);
    assertThat(ready.json().at("/checks").propertyNames())
        .containsExactlyInAnyOrder("broker", "database", "model");
    assertThat(anyone.get("/actuator/prometheus").status()).isIn(401, 404);
    assertThat(gateway.http().get("/actuator/health").status()).isEqualTo(404);

    Answer document = anyone.get("/v1/openapi.json");
    assertThat(document.status()).isEqualTo(200);
    Set<String> paths = Set.copyOf(document.json().at("/paths").propertyNames());
    assertThat(paths)
        .contains(
            "/v1/chat/completions",
            "/v1/completions",
            "/v1/responses",
            "/v1/models",
            "/v1/jobs/{id}",
            "/v1/sealed/jobs",
            "/v1/organization/projects",
            "/v1/organization/costs")
        .noneMatch(path -> path.contains("error"));
    assertThat(anyone.get("/docs").header("location")).endsWith("/swagger-ui/index.html");
    assertThat(anyone.get("/swagger-ui/index.html").status()).isEqualTo(200);

    Http management = new Http(gateway.management(), null);
    assertThat(management.get("/actuator/health").status()).isEqualTo(200);
    String metrics =
        new String(management.get("/actuator/prometheus").raw().body(), StandardCharsets.UTF_8);
    assertThat(metrics).contains("http_server_requests").doesNotContain("tenant");
  }
}
