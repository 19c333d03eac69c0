package dev.sotto.orchestration.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one process of this service act at a time; others stand by. Who acts holds an advisory lock
 * on a connection of its own, which the database gives up when the process or the connection dies.
 * A connection may break while nobody else is there: then the lock is taken again, and if nobody
 * has acted in between, nothing has happened.
 */
public final class Tenure implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tenure.class);
  private static final long LOCK = 0x5077_6f72_6368L;
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final DataSource database;
  private final Runnable begins;
  private final Runnable lost;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private @Nullable Connection connection;
  private long turn = -1;
  private volatile boolean holding;

  /**
   * Not asking for it yet.
   *
   * @param begins run once, when this process may act
   * @param lost run once, when another has acted since: this process must not go on
   */
  public Tenure(DataSource database, Runnable begins, Runnable lost) {
    this.database = database;
    this.begins = begins;
    this.lost = lost;
    this.thread = Thread.ofPlatform().name("sotto-tenure").unstarted(this::run);
  }

  /** Asks for it until it is had. */
  public void start() {
    thread.start();
  }

  /** Whether this process acts, and the database knows. */
  public boolean holding() {
    return holding;
  }

  private void run() {
    try {
      do {
        Connection held = connection;
        if (held == null || !held.isValid(5)) {
          holding = false;
          drop();
          if (!take()) {
            return;
          }
        }
      } while (!stopped());
    } catch (SQLException e) {
      LOG.error("isValid takes any time-out that is not negative", e);
    } finally {
      holding = false;
      drop();
    }
  }

  /** Tries once; false when another has acted since this process did. */
  private boolean take() {
    try {
      Connection fresh = database.getConnection();
      connection = fresh;
      fresh.setAutoCommit(true);
      if (!locked(fresh)) {
        drop();
        return true;
      }
      long last = number(fresh, "SELECT turn FROM tenure");
      if (turn >= 0 && last != turn) {
        LOG.error("another process has acted in the meantime; this one stops");
        lost.run();
        return false;
      }
      if (turn < 0) {
        turn = number(fresh, "UPDATE tenure SET turn = turn + 1 RETURNING turn");
        LOG.info("this process acts; turn {}", turn);
        begins.run();
      }
      holding = true;
    } catch (SQLException e) {
      LOG.warn("the database does not answer: {}", e.toString());
      drop();
    }
    return true;
  }

  private static boolean locked(Connection on) throws SQLException {
    try (PreparedStatement ask = on.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
      ask.setLong(1, LOCK);
      try (ResultSet row = ask.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static long number(Connection on, String sql) throws SQLException {
    try (PreparedStatement ask = on.prepareStatement(sql);
        ResultSet row = ask.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the table tenure has no row");
      }
      return row.getLong(1);
    }
  }

  private boolean stopped() {
    try {
      return stop.await(EVERY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void drop() {
    Connection held = connection;
    connection = null;
    if (held == null) {
      return;
    }
    try (held) {
      try (PreparedStatement free = held.prepareStatement("SELECT pg_advisory_unlock_all()")) {
        free.execute(); // the pool keeps connections, and with them their locks
      }
    } catch (SQLException e) {
      LOG.debug("the connection is gone, and its lock with it");
    }
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
