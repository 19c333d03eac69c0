package dev.sotto.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sotto.contracts.JobId;
import dev.sotto.disposable.DisposableData;
import dev.sotto.gateway.keys.ApiKeys;
import dev.sotto.gateway.keys.Projects;
import dev.sotto.gateway.keys.Scope;
import dev.sotto.gateway.keys.Tenants;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.Lanes;
import dev.sotto.gateway.testing.ScriptedPlatform;
import dev.sotto.gateway.testing.TestGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** No call, id, header or cursor reaches another tenant's projects, keys, limits, jobs or usage. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenancyTest {
  private static final String TOKEN = "a".repeat(40);

  @TempDir static Path folder;
  private static HttpServer billing;
  private static final ConcurrentLinkedQueue<String> ASKED = new ConcurrentLinkedQueue<>();
  private static TestGateway gateway;
  private static UUID otherTenant;
  private static UUID otherProject;
  private static Http others;

  @BeforeAll
  static void start() throws IOException {
    billing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    billing.createContext(
        "/",
        exchange -> {
          ASKED.add(
              exchange.getRequestHeaders().getFirst("x-sotto-tenant")
                  + " "
                  + exchange.getRequestHeaders().getFirst("x-sotto-internal")
                  + " "
                  + exchange.getRequestURI());
          byte[] body =
              ("{\"object\":\"page\",\"data\":[{\"results\":[{\"project_id\":\""
                      + new UUID(1, 2)
                      + "\"}]}]}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    billing.start();
    Path token = folder.resolve("internal-token");
    Files.writeString(token, TOKEN);
    gateway =
        TestGateway.start(
            folder,
            Map.of(
                "sotto.platform.internal-token-file",
                token,
                "sotto.gateway.billing-url",
                "http://127.0.0.1:" + billing.getAddress().getPort()));
    otherTenant = gateway.context().getBean(Tenants.class).create("another");
    otherProject = gateway.context().getBean(Projects.class).create(otherTenant, "theirs").id();
    others =
        gateway
            .http()
            .as(
                gateway
                    .context()
                    .getBean(ApiKeys.class)
                    .create(otherTenant, otherProject, "k", EnumSet.allOf(Scope.class), null)
                    .text()
                    .reveal());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    billing.stop(0);
  }

  @Test
  void projectsKeysAndLimitsOfOthersAreNotThere() {
    String project = gateway.project();
    String path = "/v1/organization/projects/" + project;
    String key = gateway.http().get(path + "/api_keys").text("/data/0/id");
    assertThat(key).startsWith("key_");
    assertThat(others.get("/v1/organization/projects").json().at("/data").size()).isEqualTo(1);
    assertThat(others.get("/v1/organization/projects").text("/data/0/name")).isEqualTo("theirs");
    assertThat(others.get(path).status()).isEqualTo(404);
    assertThat(others.post(path, "{\"name\":\"taken over\"}").status()).isEqualTo(404);
    assertThat(others.post(path + "/archive", "").status()).isEqualTo(404);
    assertThat(others.get(path + "/api_keys").status()).isEqualTo(404);
    assertThat(others.get(path + "/api_keys/" + key).status()).isEqualTo(404);
    assertThat(others.delete(path + "/api_keys/" + key).status()).isEqualTo(404);
    assertThat(others.post(path + "/api_keys", "{\"name\":\"mine\"}").status()).isEqualTo(404);
    assertThat(others.get(path + "/rate_limits").status()).isEqualTo(404);
    assertThat(
            others
                .post(path + "/rate_limits/rl_all_models", "{\"max_requests_per_1_minute\":1}")
                .status())
        .isEqualTo(404);
    // Through a project of one's own another's key is not there either.
    String own = others.get("/v1/organization/projects").text("/data/0/id");
    assertThat(others.delete("/v1/organization/projects/" + own + "/api_keys/" + key).status())
        .isEqualTo(404);
    assertThat(gateway.http().get(path).text("/name")).isEqualTo("default");
    assertThat(gateway.http().get(path + "/api_keys/" + key).status()).isEqualTo(200);
  }

  @Test
  void anothersCursorLeadsNowhere() {
    Answer page =
        others.get("/v1/organization/projects?include_archived=true&after=" + gateway.project());
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.json().at("/data").size()).isZero();
  }

  @Test
  void jobsOfOthersAreNotThere() {
    try (ScriptedPlatform platform = new ScriptedPlatform(DisposableData.kafka().bootstrap())) {
      JobId job = Lanes.job();
      String asking =
          """
          {"job_id":"%s","model":"%s","protection":"passive","prompt_tokens":1,"max_tokens":1,
           "deadline":%d}"""
              .formatted(job, TestGateway.MODEL, Instant.now().plusSeconds(120).toEpochMilli());
      assertThat(gateway.http().post("/v1/sealed/jobs", asking).status()).isEqualTo(200);
      assertThat(others.get("/v1/jobs/" + job).status()).isEqualTo(404);
      assertThat(others.post("/v1/jobs/" + job + "/cancel", "").status()).isEqualTo(404);
      assertThat(others.delete("/v1/sealed/jobs/" + job).status()).isEqualTo(404);
      assertThat(
              others
                  .put("/v1/sealed/jobs/" + job + "/steps/0", Lanes.step(job, 0).encode())
                  .status())
          .isEqualTo(404);
      Answer taken = others.post("/v1/sealed/jobs", asking);
      assertThat(taken.text("/error/code")).isEqualTo("job_id_taken");
      // Not even an instance that knows the job from the table only is talked into it.
      try (TestGateway fresh = gateway.another(Map.of())) {
        Http there = new Http(fresh.base(), null).as(key(others));
        assertThat(
                there
                    .put("/v1/sealed/jobs/" + job + "/steps/0", Lanes.step(job, 0).encode())
                    .status())
            .isEqualTo(404);
        assertThat(there.post("/v1/sealed/jobs", asking).text("/error/code"))
            .isEqualTo("job_id_taken");
      }
      assertThat(platform.finishes).isEmpty();
      assertThat(gateway.http().get("/v1/jobs/" + job).status()).isEqualTo(200);
    }
  }

  private static String key(Http caller) {
    return caller
        .request("/")
        .build()
        .headers()
        .firstValue("Authorization")
        .orElseThrow()
        .substring("Bearer ".length());
  }

  @Test
  void usageIsAskedForTheCallersOwnTenantWhateverItSends() {
    ASKED.clear();
    Answer answer =
        others.send(
            others
                .request("/v1/organization/costs?start_time=1&project_ids=" + gateway.project())
                .header("x-sotto-tenant", UUID.randomUUID().toString())
                .header("x-sotto-internal", "guess")
                .GET());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(ASKED).hasSize(1);
    assertThat(ASKED.peek()).startsWith(otherTenant + " " + TOKEN + " /v1/organization/costs?");
    assertThat(ASKED.peek()).contains("start_time=1").doesNotContain("proj_");
    assertThat(answer.text("/data/0/results/0/project_id"))
        .isEqualTo("proj_" + new UUID(1, 2).toString().replace("-", ""));
  }
}
