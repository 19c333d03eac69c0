package dev.sotto.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.disposable.DisposableData;
import dev.sotto.gateway.keys.Scope;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.TestGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who runs the installation makes tenants, and nobody else does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantsTest {
  private static final String TENANTS = "/v1/platform/tenants";
  private static final String PLATFORM_KEY = "p".repeat(48);

  @TempDir static Path folder;
  private static TestGateway gateway;
  private static Http platform;

  @BeforeAll
  static void start() throws IOException {
    Path file = folder.resolve("platform-key");
    Files.writeString(file, PLATFORM_KEY + "\n");
    gateway = TestGateway.start(folder, Map.of("sotto.gateway.platform-key-file", file));
    platform = gateway.http().as(PLATFORM_KEY);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Answer make(String name) {
    Answer made = platform.post(TENANTS, "{\"name\":\"%s\"}".formatted(name));
    assertThat(made.status())
        .as(new String(made.raw().body(), StandardCharsets.UTF_8))
        .isEqualTo(201);
    return made;
  }

  @Test
  void aNewTenantHasAProjectAndAKeyAndSeesNothingOfOthers() {
    Answer made = make("Second & Co");
    assertThat(made.text("/id")).matches("tenant_[0-9a-f]{32}");
    assertThat(made.text("/object")).isEqualTo("platform.tenant");
    assertThat(made.text("/name")).isEqualTo("Second & Co");
    assertThat(made.json().at("/key/scopes").size()).isEqualTo(Scope.values().length);
    String project = made.text("/project/id");
    assertThat(made.text("/key/owner/id")).isEqualTo(project);

    Http second = gateway.http().as(made.text("/key/value"));
    Http first = gateway.http();
    Answer own = second.get("/v1/organization/projects");
    assertThat(own.json().at("/data").size()).isEqualTo(1);
    assertThat(own.text("/data/0/id")).isEqualTo(project);
    assertThat(second.get("/v1/models").status()).isEqualTo(200);
    assertThat(second.get("/v1/organization/projects/" + gateway.project()).status())
        .isEqualTo(404);
    assertThat(first.get("/v1/organization/projects/" + project).status()).isEqualTo(404);
    assertThat(first.get("/v1/organization/projects/" + project + "/api_keys").status())
        .isEqualTo(404);
    assertThat(first.get("/v1/organization/projects?after=" + project).json().at("/data").size())
        .isZero();
  }

  @Test
  void noKeyOfATenantReachesTenants() {
    String all = gateway.newKey(Scope.values());
    for (String key : new String[] {gateway.key(), all, make("Third").text("/key/value")}) {
      Http tenant = gateway.http().as(key);
      for (Answer refused :
          new Answer[] {
            tenant.get(TENANTS),
            tenant.get(TENANTS + "?limit=1"),
            tenant.post(TENANTS, "{\"name\":\"mine\"}"),
            tenant.post(TENANTS, "nonsense"),
            tenant.delete(TENANTS)
          }) {
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("/error/code")).isEqualTo("insufficient_scope");
      }
    }
    assertThat(gateway.http().as(null).get(TENANTS).text("/error/code"))
        .isEqualTo("missing_api_key");
    for (String guess : new String[] {"q".repeat(48), PLATFORM_KEY + "p", "p".repeat(47), "p"}) {
      assertThat(gateway.http().as(guess).post(TENANTS, "{\"name\":\"x\"}").status())
          .as(guess)
          .isEqualTo(401);
    }
  }

  @Test
  void noScopeMakesAKeyThatDoes() {
    String keys = "/v1/organization/projects/" + gateway.project() + "/api_keys";
    Answer refused =
        gateway.http().post(keys, "{\"name\":\"x\",\"scopes\":[\"admin\",\"platform\"]}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("/error/param")).isEqualTo("scopes");
  }

  @Test
  void theInstallationsKeyDoesNothingElse() {
    for (String path :
        new String[] {
          "/v1/models",
          "/v1/organization/projects",
          "/v1/organization/costs",
          "/v1/jobs/" + "0".repeat(32),
          "/v1/receipts/" + "0".repeat(32)
        }) {
      assertThat(platform.get(path).status()).as(path).isEqualTo(403);
    }
    assertThat(platform.post("/v1/chat/completions", "{}").status()).isEqualTo(403);
    assertThat(platform.post("/v1/sealed/jobs", "{}").status()).isEqualTo(403);
  }

  @Test
  void namesAndPagesAreBounded() {
    for (String name : new String[] {"", "  ", "x".repeat(201), "a\\u0007b"}) {
      Answer refused = platform.post(TENANTS, "{\"name\":\"%s\"}".formatted(name));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text("/error/param")).isEqualTo("name");
    }
    assertThat(platform.post(TENANTS, "{}").text("/error/param")).isEqualTo("name");
    for (String page : new String[] {"limit=0", "limit=101", "after=proj_1", "after=tenant_x"}) {
      Answer refused = platform.get(TENANTS + "?" + page);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(page).startsWith(refused.text("/error/param"));
    }
  }

  @Test
  void tenantsAreListedInPartsAndWithoutTheirKeys() throws Exception {
    String value = make("Listed").text("/key/value");
    make("Listed too");
    Set<String> seen = new HashSet<>();
    Answer page = platform.get(TENANTS + "?limit=1");
    while (true) {
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.json().at("/data").size()).isEqualTo(1);
      assertThat(new String(page.raw().body(), StandardCharsets.UTF_8)).doesNotContain("sk-sotto");
      seen.add(page.text("/data/0/name"));
      if (!page.json().at("/has_more").asBoolean()) {
        break;
      }
      page = platform.get(TENANTS + "?limit=1&after=" + page.text("/last_id"));
    }
    assertThat(seen).contains("default", "Listed", "Listed too");
    String secret = value.substring(value.length() - 43);
    var data = DisposableData.postgres();
    try (Connection all =
            DriverManager.getConnection(
                gateway.installation().url(), data.superuser(), data.password());
        Statement ask = all.createStatement();
        ResultSet row = ask.executeQuery("select k::text from gateway.api_key k")) {
      while (row.next()) {
        assertThat(row.getString(1)).doesNotContain(secret);
      }
    }
  }

  @Test
  void withoutAKeyFileNobodyMakesTenantsAndABadOneIsNamed() throws IOException {
    try (TestGateway without = gateway.another(Map.of())) {
      Http there = without.http();
      assertThat(there.as(PLATFORM_KEY).post(TENANTS, "{\"name\":\"x\"}").status()).isEqualTo(401);
      assertThat(there.post(TENANTS, "{\"name\":\"x\"}").status()).isEqualTo(403);
    }
    Path shortOne = folder.resolve("short");
    Files.writeString(shortOne, "too-short");
    assertThatThrownBy(
            () -> gateway.another(Map.of("sotto.gateway.platform-key-file", shortOne)).close())
        .hasStackTraceContaining("sotto.gateway.platform-key-file must hold")
        .satisfies(e -> assertThat(e.toString()).doesNotContain("too-short"));
  }
}
