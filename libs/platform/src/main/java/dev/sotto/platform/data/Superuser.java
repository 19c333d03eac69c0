package dev.sotto.platform.data;

/**
 * Who may make databases and roles.
 *
 * @param url any database of the server, as {@code jdbc:postgresql://host:port/postgres}
 * @param user its login
 * @param password its password
 */
public record Superuser(String url, String user, String password) {
  @Override
  public String toString() {
    return user + " at " + url;
  }
}
