package dev.sotto.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.text.PublicPart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SidecarTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String SECRET = "platypus";

  @SuppressWarnings("NullAway.Init") // set before any test
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestGateway gateway;

  @SuppressWarnings("NullAway.Init")
  private ServletWebServerApplicationContext sidecar;

  @BeforeAll
  void start(@TempDir Path temp) throws IOException {
    folder = temp;
    MadeUpModel.small(7).write(temp.resolve("model"));
    try (ModelFiles files = ModelFiles.open(temp.resolve("model"))) {
      PublicPart part = files.publicPart();
      part.write(temp.resolve("public.json"));
      gateway = new TestGateway(temp.resolve("public.json"), part.modelDigest());
    }
    Files.writeString(temp.resolve("key"), "sk-sotto-test\n");
    String pinned = SigningKey.create().publicHex();
    Files.write(
        temp.resolve("roots.json"),
        new TrustRoots(Map.of("publisher", pinned), Map.of("operator", pinned)).encode());
    sidecar = start(List.of());
  }

  @AfterAll
  void stop() {
    sidecar.close();
    gateway.close();
  }

  private ServletWebServerApplicationContext start(List<String> more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--sotto.sidecar.gateway-url=" + gateway.url(),
                "--sotto.sidecar.key-file=" + folder.resolve("key"),
                "--sotto.sidecar.roots-file=" + folder.resolve("roots.json")));
    for (String own : more) { // Spring would make a list of one setting that is given twice
      args.removeIf(usual -> usual.startsWith(own.substring(0, own.indexOf('=') + 1)));
      args.add(own);
    }
    return (ServletWebServerApplicationContext) Sidecar.start(args.toArray(String[]::new));
  }

  private static int port(ServletWebServerApplicationContext context) {
    return java.util.Objects.requireNonNull(context.getWebServer()).getPort();
  }

  private static HttpResponse<String> send(
      ServletWebServerApplicationContext context, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(context) + path));
    if (!body.isEmpty()) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  private static String ask() {
    return "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(SECRET);
  }

  @Test
  void itServesTheGatewaysModelsWithoutAKeyOnThisMachine() throws Exception {
    HttpResponse<String> answer = send(sidecar, "/v1/models", "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer).at("/data/0/id").asString()).isEqualTo("small");
    assertThat(json(answer).at("/data/0/x_sotto/enclave").asString()).isEqualTo("sidecar");
    assertThat(answer.headers().firstValue("x-sotto-enclave")).hasValue("sidecar");
  }

  @Test
  void aRefusalOfTheGatewayIsPassedOn() throws Exception {
    gateway.jobStatus = 429;
    gateway.job = "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"No credit.\"}}";
    HttpResponse<String> answer = send(sidecar, "/v1/chat/completions", ask());
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(json(answer).at("/error/code").asString()).isEqualTo("insufficient_quota");
    assertThat(gateway.received.toString())
        .contains("Bearer sk-sotto-test")
        .contains("\"prompt_tokens\":")
        .doesNotContain(SECRET);
  }

  @Test
  void aPlacementThatNobodyVouchesForGetsNothing() throws Exception {
    gateway.jobStatus = 200;
    gateway.job =
        "{\"job_id\":\"%s\",\"protection\":\"passive\",\"lanes\":[]}".formatted("0".repeat(32));
    HttpResponse<String> answer = send(sidecar, "/v1/chat/completions", ask());
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(json(answer).at("/error/code").asString()).isEqualTo("lane_not_trusted");
    assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
    assertThat(gateway.calls).noneMatch(call -> call.startsWith("PUT "));
    assertThat(gateway.calls).anyMatch(call -> call.endsWith("?reason=distrusted"));
    assertThat(gateway.received.toString()).doesNotContain(SECRET);
  }

  @Test
  void itAnswersUnderThisMachinesNamesOnly() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(sidecar))) {
      String head =
          String.join(
              "\r\n", "GET /v1/models HTTP/1.1", "Host: evil.example", "Connection: close", "", "");
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 403").contains("forbidden_host");
    }
  }

  @Test
  void whereOthersCanComeTheyNeedAKey() throws Exception {
    assertThatThrownBy(() -> start(List.of("--server.address=0.0.0.0")))
        .hasStackTraceContaining("sotto.sidecar.local-key-file must name a file");
    Files.writeString(folder.resolve("local"), "a-local-key");
    List<String> keyed =
        List.of(
            "--server.address=0.0.0.0",
            "--sotto.sidecar.local-key-file=" + folder.resolve("local"));
    try (ServletWebServerApplicationContext open = start(keyed)) {
      assertThat(send(open, "/v1/models", "").statusCode()).isEqualTo(401);
      assertThat(send(open, "/v1/models", "", "Authorization", "Bearer no").statusCode())
          .isEqualTo(401);
      assertThat(send(open, "/v1/models", "", "Authorization", "Bearer a-local-key").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aProtectionOfItsOwnCannotBeWeakened() throws Exception {
    try (ServletWebServerApplicationContext compared =
        start(List.of("--sotto.sidecar.protection=compared"))) {
      assertThat(json(send(compared, "/v1/models", "")).at("/data/0/x_sotto/protections"))
          .hasSize(1);
      String weaker = ask().replace("}]}", "}],\"x_sotto\":{\"protection\":\"passive\"}}");
      HttpResponse<String> answer = send(compared, "/v1/chat/completions", weaker);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(json(answer).at("/error/param").asString()).isEqualTo("x_sotto.protection");
    }
  }

  @Test
  void settingsThatAreNoneAreNamed() throws IOException {
    Files.writeString(folder.resolve("bad-roots"), "{}");
    assertThatThrownBy(
            () -> start(List.of("--sotto.sidecar.roots-file=" + folder.resolve("bad-roots"))))
        .hasStackTraceContaining("bad-roots: TrustRoots");
    assertThatThrownBy(
            () -> start(List.of("--sotto.sidecar.key-file=" + folder.resolve("nothing"))))
        .hasStackTraceContaining("sotto.sidecar.key-file");
    assertThatThrownBy(() -> start(List.of("--sotto.sidecar.gateway-url=nowhere")))
        .hasStackTraceContaining("the gateway's address must be");
    assertThatThrownBy(() -> start(List.of("--sotto.sidecar.patience=2h")))
        .hasStackTraceContaining("sotto.sidecar.patience");
  }
}
