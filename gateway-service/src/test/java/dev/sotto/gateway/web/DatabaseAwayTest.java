package dev.sotto.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.disposable.DisposableData;
import dev.sotto.disposable.Postgres;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.TestGateway;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that goes away and comes back. */
class DatabaseAwayTest {
  @TempDir Path folder;

  @Test
  void isSaidAndOvercome() throws SQLException, InterruptedException {
    try (TestGateway gateway =
        TestGateway.start(folder, Map.of("spring.datasource.hikari.connection-timeout", "500"))) {
      Http http = gateway.http();
      assertThat(http.get("/v1/organization/projects").status()).isEqualTo(200);
      String url = gateway.installation().url();
      String name = url.substring(url.lastIndexOf('/') + 1);
      try {
        superuser("alter database " + name + " allow_connections false");
        superuser(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                + name
                + "'");
        TestGateway.until(() -> http.as(null).get("/readyz").status() == 503);
        Answer answer = http.get("/v1/organization/projects");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text("/error/code")).isEqualTo("unavailable");
        assertThat(answer.header("x-should-retry")).isEqualTo("true");
        assertThat(http.as(null).get("/healthz").status()).isEqualTo(200);
        assertThat(http.as(null).get("/readyz").json().at("/checks/database").asBoolean())
            .isFalse();
      } finally {
        superuser("alter database " + name + " allow_connections true");
      }
      TestGateway.until(() -> http.as(null).get("/readyz").status() == 200);
      assertThat(http.get("/v1/organization/projects").status()).isEqualTo(200);
    }
  }

  private static void superuser(String statement) throws SQLException {
    Postgres data = DisposableData.postgres();
    try (Connection server =
            DriverManager.getConnection(data.url("postgres"), data.superuser(), data.password());
        Statement run = server.createStatement()) {
      run.execute(statement);
    }
  }
}
