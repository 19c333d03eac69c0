package dev.sotto.embedded.canary;

import dev.sotto.scan.MemoryScan;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** All that a database holds, as SQL gives it: long values are compressed in files. */
final class Tables {
  private Tables() {}

  /**
   * What was found.
   *
   * @param rows how many were looked through
   * @param found names of needles
   */
  record Finding(long rows, Set<String> found) {}

  /** Looks through every value of every table of the services. */
  static Finding find(String url, String password, MemoryScan scan) throws SQLException {
    Set<String> found = new TreeSet<>();
    long rows = 0;
    try (Connection database = DriverManager.getConnection(url, "postgres", password);
        Statement statement = database.createStatement()) {
      for (String table : tables(statement)) {
        try (ResultSet result = statement.executeQuery("TABLE " + table)) {
          while (result.next()) {
            rows++;
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
              found.addAll(scan.find(value(result, i)));
            }
          }
        }
      }
    }
    return new Finding(rows, found);
  }

  private static List<String> tables(Statement statement) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet names =
        statement.executeQuery(
            """
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema')\
            """)) {
      while (names.next()) {
        tables.add(names.getString(1));
      }
    }
    return tables;
  }

  private static byte[] value(ResultSet result, int column) throws SQLException {
    if (result.getMetaData().getColumnTypeName(column).equals("bytea")) {
      byte[] bytes = result.getBytes(column);
      return bytes == null ? new byte[0] : bytes;
    }
    String text = result.getString(column);
    return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
  }
}
