package dev.sotto.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.disposable.DisposableData;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.TestGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Keys over HTTP, and what their table gives away. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeysTest {
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

  private static String keysOf(String project) {
    return "/v1/organization/projects/" + project + "/api_keys";
  }

  @Test
  void theFirstStartLeavesAKeyThatOnlyItsOwnerMayRead() throws IOException {
    Path file = folder.resolve("first-key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(gateway.key()).matches("sk-sotto-[0-9a-f]{8}-[A-Za-z0-9_-]{43}");
    assertThat(gateway.http().get("/v1/organization/projects").text("/data/0/name"))
        .isEqualTo("default");
  }

  @Test
  void aSecondStartMakesNoSecondTenantAndKeepsTheKey() {
    try (TestGateway again = gateway.another(Map.of())) {
      assertThat(again.key()).isEqualTo(gateway.key());
      assertThat(again.http().get("/v1/organization/projects").status()).isEqualTo(200);
    }
  }

  @Test
  void aKeyIsShownOnceAndStoredAsItsHash() throws SQLException {
    Http http = gateway.http();
    Answer made =
        http.post(keysOf(gateway.project()), "{\"name\":\"mine\",\"scopes\":[\"inference\"]}");
    assertThat(made.status()).isEqualTo(201);
    String value = made.text("/value");
    assertThat(value).matches("sk-sotto-[0-9a-f]{8}-[A-Za-z0-9_-]{43}");
    assertThat(value).startsWith(made.text("/redacted_value").replace("…", ""));

    Answer seen = http.get(keysOf(gateway.project()) + "/" + made.text("/id"));
    assertThat(seen.status()).isEqualTo(200);
    assertThat(new String(seen.raw().body(), StandardCharsets.UTF_8)).doesNotContain(value);
    Answer listed = http.get(keysOf(gateway.project()) + "?limit=100");
    assertThat(new String(listed.raw().body(), StandardCharsets.UTF_8))
        .contains(made.text("/id"))
        .doesNotContain(value);

    String secret = value.substring(value.length() - 43);
    assertThat(everythingStored()).isNotEmpty().noneMatch(row -> row.contains(secret));
  }

  /** All rows as the server's own superuser sees them. */
  private static List<String> everythingStored() throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection all = superuser();
        Statement ask = all.createStatement();
        ResultSet row = ask.executeQuery("select k::text from gateway.api_key k")) {
      while (row.next()) {
        rows.add(row.getString(1));
      }
    }
    return rows;
  }

  private static Connection superuser() throws SQLException {
    var data = DisposableData.postgres();
    return DriverManager.getConnection(
        gateway.installation().url(), data.superuser(), data.password());
  }

  @Test
  void aRevokedKeyIsNoneWithinTwoSecondsAtEveryInstance() throws InterruptedException {
    Answer made =
        gateway.http().post(keysOf(gateway.project()), "{\"name\":\"r\",\"scopes\":[\"admin\"]}");
    String value = made.text("/value");
    try (TestGateway other = gateway.another(Map.of())) {
      Http elsewhere = other.http().as(value);
      assertThat(elsewhere.get("/v1/organization/projects").status()).isEqualTo(200);

      Answer gone = gateway.http().delete(keysOf(gateway.project()) + "/" + made.text("/id"));
      long revoked = System.nanoTime();
      assertThat(gone.json().at("/deleted").asBoolean()).isTrue();
      List<Long> worked = new ArrayList<>();
      TestGateway.until(
          () -> {
            long asked = System.nanoTime();
            boolean works = elsewhere.get("/v1/organization/projects").status() == 200;
            if (works) {
              worked.add(asked - revoked);
            }
            return !works;
          });
      // What was asked after two seconds was refused, however slow this machine is.
      assertThat(worked).allMatch(nanos -> nanos < 2_000_000_000L);
      assertThat(elsewhere.get("/v1/organization/projects").text("/error/code"))
          .isEqualTo("invalid_api_key");
    }
    assertThat(gateway.http().delete(keysOf(gateway.project()) + "/" + made.text("/id")).status())
        .isEqualTo(404);
  }

  @Test
  void anExpiredKeyIsNone() throws InterruptedException {
    long soon = Instant.now().getEpochSecond() + 2;
    String value =
        gateway
            .http()
            .post(
                keysOf(gateway.project()),
                "{\"name\":\"e\",\"scopes\":[\"admin\"],\"expires_at\":" + soon + "}")
            .text("/value");
    TestGateway.until(
        () -> gateway.http().as(value).get("/v1/organization/projects").status() == 401);
    assertThat(Instant.now().getEpochSecond()).isGreaterThanOrEqualTo(soon);
  }

  @Test
  void aKeyOfAnArchivedProjectIsNone() throws InterruptedException {
    Http http = gateway.http();
    String project =
        http.post("/v1/organization/projects", "{\"name\":\"short-lived\"}").text("/id");
    String value =
        http.post(keysOf(project), "{\"name\":\"k\",\"scopes\":[\"admin\"]}").text("/value");
    assertThat(http.as(value).get("/v1/organization/projects").status()).isEqualTo(200);
    assertThat(http.post("/v1/organization/projects/" + project + "/archive", "{}").text("/status"))
        .isEqualTo("archived");
    TestGateway.until(() -> http.as(value).get("/v1/organization/projects").status() == 401);
    assertThat(http.post(keysOf(project), "{\"name\":\"k\"}").status()).isEqualTo(409);
  }

  @Test
  void aKeyDoesOnlyWhatItsScopesSay() {
    Http inference = gateway.http().as(gateway.newKey(Scope.INFERENCE));
    assertThat(inference.get("/v1/organization/projects").text("/error/code"))
        .isEqualTo("insufficient_scope");
    assertThat(inference.get("/v1/sealed/models/" + TestGateway.MODEL + "/public").status())
        .isEqualTo(403);
    Http sealed = gateway.http().as(gateway.newKey(Scope.SEALED));
    assertThat(sealed.get("/v1/sealed/models/" + TestGateway.MODEL + "/public").status())
        .isEqualTo(200);
    assertThat(sealed.get("/v1/organization/costs").status()).isEqualTo(403);
    Http reader = gateway.http().as(gateway.newKey(Scope.USAGE_READ));
    assertThat(reader.post("/v1/organization/projects", "{\"name\":\"x\"}").status())
        .isEqualTo(403);
  }

  @Test
  void whatACallerMayNotSetIsNotSet() {
    Http http = gateway.http();
    String id = "proj_" + "0".repeat(32);
    Answer project =
        http.post(
            "/v1/organization/projects",
            "{\"name\":\"p\",\"id\":\"" + id + "\",\"status\":\"archived\",\"tenant_id\":\"x\"}");
    assertThat(project.status()).isEqualTo(200);
    assertThat(project.text("/id")).isNotEqualTo(id);
    assertThat(project.text("/status")).isEqualTo("active");
    Answer key =
        http.post(
            keysOf(project.text("/id")),
            "{\"name\":\"k\",\"value\":\"sk-mine\",\"owner\":{\"id\":\"x\"},\"created_at\":1}");
    assertThat(key.text("/value")).startsWith("sk-sotto-");
    assertThat(key.text("/owner/id")).isEqualTo(project.text("/id"));
    assertThat(key.json().at("/created_at").asLong()).isGreaterThan(1);
  }

  @Test
  void listsAreCutIntoPages() {
    Http http = gateway.http();
    String project = http.post("/v1/organization/projects", "{\"name\":\"pages\"}").text("/id");
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.add(http.post(keysOf(project), "{\"name\":\"k" + i + "\"}").text("/id"));
    }
    List<String> seen = new ArrayList<>();
    String after = "";
    boolean more = true;
    while (more) {
      Answer page = http.get(keysOf(project) + "?limit=2" + after);
      page.json().at("/data").forEach(key -> seen.add(key.at("/id").asString()));
      more = page.json().at("/has_more").asBoolean();
      after = "&after=" + page.text("/last_id");
    }
    assertThat(seen).containsExactlyElementsOf(made);
  }

  @Test
  void withoutATenantNothingIsVisibleAndNothingCanBeWritten() {
    JdbcClient sql = gateway.context().getBean(JdbcClient.class);
    for (String table : List.of("tenant", "project", "project_limits", "api_key", "job")) {
      assertThat(sql.sql("select count(*) from " + table).query(Long.class).single()).isZero();
    }
    assertThatThrownBy(
            () ->
                sql.sql("insert into tenant (id, name) values (?, 'x')")
                    .param(UUID.randomUUID())
                    .update())
        .isInstanceOf(DataAccessException.class)
        .hasStackTraceContaining("row-level security");
  }

  @Test
  void theApplicationNeitherOwnsNorBypasses() {
    JdbcClient sql = gateway.context().getBean(JdbcClient.class);
    assertThat(
            sql.sql("select rolbypassrls or rolsuper from pg_roles where rolname = current_user")
                .query(Boolean.class)
                .single())
        .isFalse();
    assertThat(
            sql.sql(
                    """
                    select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = 'gateway' and relkind = 'r'
                      and relname in ('tenant', 'project', 'project_limits', 'api_key', 'job')
                      and relrowsecurity and relforcerowsecurity
                      and pg_get_userbyid(relowner) <> current_user""")
                .query(String.class)
                .list())
        .containsExactlyInAnyOrder("tenant", "project", "project_limits", "api_key", "job");
  }
}
