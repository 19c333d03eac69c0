package dev.sotto.disposable;

/**
 * A PostgreSQL for tests.
 *
 * @param server where JDBC finds it, up to the name of a database
 * @param superuser its superuser's name
 * @param password the superuser's password
 */
public record Postgres(String server, String superuser, String password) {
  /** Where JDBC finds one of its databases. */
  public String url(String database) {
    return server + database;
  }

  @Override
  public String toString() {
    return "PostgreSQL at " + server;
  }
}
