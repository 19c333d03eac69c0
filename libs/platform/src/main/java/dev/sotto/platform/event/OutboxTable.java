package dev.sotto.platform.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outbox as its relay sees it: over the connection that holds the relay's lock. */
final class OutboxTable {
  private static final int BATCH = 200;

  /** Tells the lock from others that a service may take: "sotto" and "outbox", shortened. */
  private static final int LOCK = 0x50770B07;

  private final String schema;

  OutboxTable(String schema) {
    this.schema = schema;
  }

  /**
   * Whether this connection now holds the schema's lock; it does until it gives it back or ends.
   */
  boolean lock(Connection connection) throws SQLException {
    return ask(connection, "SELECT pg_try_advisory_lock(?, hashtext(?))");
  }

  void unlock(Connection connection) throws SQLException {
    ask(connection, "SELECT pg_advisory_unlock(?, hashtext(?))");
  }

  private boolean ask(Connection connection, String sql) throws SQLException {
    try (PreparedStatement ask = connection.prepareStatement(sql)) {
      ask.setInt(1, LOCK);
      ask.setString(2, schema);
      try (ResultSet row = ask.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /** The oldest rows, in the order in which they were told. */
  List<Row> oldest(Connection connection) throws SQLException {
    String sql =
        "SELECT position, topic, key, value, traceparent FROM outbox ORDER BY position LIMIT "
            + BATCH;
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement ask = connection.prepareStatement(sql);
        ResultSet row = ask.executeQuery()) {
      while (row.next()) {
        rows.add(
            new Row(
                row.getLong("position"),
                row.getString("topic"),
                row.getString("key"),
                row.getBytes("value"),
                row.getString("traceparent")));
      }
    }
    return rows;
  }

  void delete(Connection connection, List<Long> positions) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM outbox WHERE position = ANY (?)")) {
      delete.setArray(1, connection.createArrayOf("bigint", positions.toArray()));
      delete.executeUpdate();
    }
  }

  /** Forgets events that were taken so long ago that no broker still has them. */
  int forgetTaken(Connection connection) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM inbox WHERE (consumer, event) IN (SELECT consumer, event FROM inbox"
                + " WHERE taken_at < now() - interval '15 days' LIMIT 10000)")) {
      return delete.executeUpdate();
    }
  }

  record Row(long position, String topic, String key, byte[] value, @Nullable String traceparent) {}
}
