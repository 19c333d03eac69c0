package dev.sotto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
  private static final Path PROGRAMS = Path.of("target", "embedded-data", "programs");

  @TempDir Path folder;

  private PostgresServer start() {
    return PostgresServer.start(folder.resolve("pg"), 0, PROGRAMS, true);
  }

  private static Connection connect(PostgresServer server) throws SQLException {
    return DriverManager.getConnection(
        server.url("postgres"), server.superuser(), server.password());
  }

  @Test
  void programsThatTwoUnpackAtOnceAreThereOnce() {
    List<CompletableFuture<Path>> unpacked =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> PostgresBinaries.in(folder)))
            .limit(2)
            .toList();
    Path programs = unpacked.getFirst().join();
    assertThat(unpacked.getLast().join()).isEqualTo(programs);
    assertThat(folder).isDirectoryNotContaining(entry -> !entry.equals(programs));
    assertThat(programs.resolve("bin/postgres")).isExecutable();
  }

  @Test
  void whatIsCommittedSurvivesAKill() throws Exception {
    int port;
    try (PostgresServer first = start();
        Connection connection = connect(first);
        Statement sql = connection.createStatement()) {
      port = first.port();
      sql.execute("CREATE TABLE kept (n int)");
      sql.execute("INSERT INTO kept VALUES (42)");
      assertThat(sql.executeQuery("SHOW server_version").next()).isTrue();
      first.process().destroyForcibly();
      first.process().onExit().get(30, TimeUnit.SECONDS);
    }
    try (PostgresServer second = PostgresServer.start(folder.resolve("pg"), port, PROGRAMS, true);
        Connection connection = connect(second);
        Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery("SELECT n FROM kept")) {
      assertThat(second.port()).isEqualTo(port);
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(42);
    }
  }

  @Test
  void onlyThePasswordOpensItAndOnlyItsOwnerReadsThat() throws Exception {
    try (PostgresServer server = start()) {
      assertThatThrownBy(
              () ->
                  DriverManager.getConnection(server.url("postgres"), "postgres", "guess").close())
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("pg/superuser-password"))))
          .isEqualTo("rw-------");
      assertThat(server.toString()).doesNotContain(server.password());
      try (Connection connection = connect(server);
          Statement sql = connection.createStatement();
          ResultSet row = sql.executeQuery("SHOW listen_addresses")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString(1)).isEqualTo("127.0.0.1");
      }
    }
  }

  @Test
  void stoppingTwiceIsNoError() throws Exception {
    PostgresServer server = start();
    server.close();
    server.close();
    assertThat(server.process().isAlive()).isFalse();
  }

  @Test
  void aTakenPortIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatThrownBy(
              () ->
                  PostgresServer.start(folder.resolve("pg"), taken.getLocalPort(), PROGRAMS, true))
          .isInstanceOf(DataFailure.class)
          .hasMessageContaining("Port " + taken.getLocalPort());
    }
  }

  @Test
  void aDamagedFolderIsNamed() throws IOException {
    start().close();
    Path control = folder.resolve("pg/cluster/global/pg_control");
    Files.write(control, new byte[100]);
    assertThatThrownBy(this::start)
        .isInstanceOf(DataFailure.class)
        .hasMessageContaining("ended with")
        .hasMessageContaining("pg_control");
    Files.delete(folder.resolve("pg/cluster/PG_VERSION"));
    assertThatThrownBy(this::start)
        .isInstanceOf(DataFailure.class)
        .hasMessageContaining("is damaged");
  }

  @Test
  void aLockFileOfAnotherProgramIsNoObstacle() throws IOException {
    start().close();
    Files.writeString(
        folder.resolve("pg/cluster/postmaster.pid"), ProcessHandle.current().pid() + "\n");
    start().close();
  }

  @Test
  void aSecondServerOnOneFolderIsRefused() {
    try (PostgresServer first = start()) {
      assertThatThrownBy(this::start)
          .isInstanceOf(DataFailure.class)
          .hasMessageContaining("process " + first.process().pid());
    }
  }
}
