package dev.sotto.platform.data;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Makes what services need before their first migration: the database, and each one's schema and
 * logins. Run again it changes nothing but passwords, which become those given. What it runs is in
 * this file, for those who would rather run it by hand.
 */
public final class DatabaseSetup {
  private DatabaseSetup() {}

  /**
   * Prepares a database for services.
   *
   * @param database its name: a-z, 0-9 and underscore
   * @return its URL for JDBC
   */
  public static String prepare(Superuser superuser, String database, List<ServiceLogin> logins) {
    if (!database.matches("[a-z][a-z0-9_]{0,30}")) {
      throw new IllegalArgumentException(
          "A database is named by 1 to 31 of a-z, 0-9 and underscore, a letter first");
    }
    String url = superuser.url().replaceFirst("/[^/]*$", "/" + database);
    try {
      try (Connection server = connect(superuser, superuser.url())) {
        if (missing(server, "SELECT 1 FROM pg_database WHERE datname = ?", database)) {
          run(server, "CREATE DATABASE " + database);
        }
        run(server, "REVOKE ALL ON DATABASE " + database + " FROM PUBLIC");
        for (ServiceLogin login : logins) {
          role(server, login.owner(), login.ownerPassword());
          role(server, login.app(), login.appPassword());
        }
      }
      try (Connection inside = connect(superuser, url)) {
        run(inside, "REVOKE ALL ON SCHEMA public FROM PUBLIC");
        for (ServiceLogin login : logins) {
          schema(inside, database, login);
        }
      }
      return url;
    } catch (SQLException e) {
      throw new IllegalStateException(
          "The database " + database + " cannot be prepared: " + e.getMessage(), e);
    }
  }

  private static Connection connect(Superuser superuser, String url) throws SQLException {
    return DriverManager.getConnection(url, superuser.user(), superuser.password());
  }

  private static void role(Connection server, String name, String password) throws SQLException {
    if (missing(server, "SELECT 1 FROM pg_roles WHERE rolname = ?", name)) {
      run(server, "CREATE ROLE " + name);
    }
    // The statement takes no parameters, so the server itself quotes the password.
    String quoted;
    try (PreparedStatement quote = server.prepareStatement("SELECT quote_literal(?)")) {
      quote.setString(1, password);
      try (ResultSet row = quote.executeQuery()) {
        row.next();
        quoted = row.getString(1);
      }
    }
    run(
        server,
        "ALTER ROLE %s LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD %s"
            .formatted(name, quoted));
  }

  private static void schema(Connection inside, String database, ServiceLogin login)
      throws SQLException {
    String schema = login.schema();
    String owner = login.owner();
    String app = login.app();
    run(inside, "CREATE SCHEMA IF NOT EXISTS " + schema + " AUTHORIZATION " + owner);
    run(inside, "GRANT USAGE ON SCHEMA " + schema + " TO " + app);
    for (String role : List.of(owner, app)) {
      run(
          inside,
          "ALTER ROLE " + role + " IN DATABASE " + database + " SET search_path = " + schema);
    }
    String defaults = "ALTER DEFAULT PRIVILEGES FOR ROLE " + owner + " IN SCHEMA " + schema;
    run(inside, defaults + " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO " + app);
    run(inside, defaults + " GRANT USAGE, SELECT ON SEQUENCES TO " + app);
    // Last, so that a service that waits for its database finds all of the above.
    run(inside, "GRANT CONNECT ON DATABASE " + database + " TO " + owner + ", " + app);
  }

  private static boolean missing(Connection connection, String question, String name)
      throws SQLException {
    try (PreparedStatement ask = connection.prepareStatement(question)) {
      ask.setString(1, name);
      try (ResultSet row = ask.executeQuery()) {
        return !row.next();
      }
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
