package dev.sotto.embedded.chaos;

import dev.sotto.embedded.testing.UserHome;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** All services' tables, read by whoever may read everything; a new connection each time. */
final class Books {
  private final DriverManagerDataSource database;
  private final JdbcClient sql;

  Books(UserHome home) throws IOException {
    String url =
        Files.readAllLines(home.platform().config().resolve("orchestration.yml")).stream()
            .filter(line -> line.startsWith("spring.datasource.url: "))
            .map(line -> line.replaceAll(".*: '(.*)'", "$1"))
            .findFirst()
            .orElseThrow();
    String password =
        Files.readString(home.platform().postgres().resolve("superuser-password")).strip();
    database = new DriverManagerDataSource(url, "postgres", password);
    sql = JdbcClient.create(database);
  }

  /** A job as the orchestration has it. */
  record JobRow(String state, int sent, int finished) {
    boolean runs() {
      return state.equals("RUNNING") && sent > finished;
    }
  }

  /** A job, if it is there and the database is. */
  Optional<JobRow> job(String id) {
    try {
      return sql.sql(
              "select state, steps_sent, steps_finished from orchestration.jobs where id = ?")
          .param(id)
          .query(
              (row, at) ->
                  new JobRow(
                      row.getString(1), row.getInt("steps_sent"), row.getInt("steps_finished")))
          .optional();
    } catch (DataAccessException e) {
      return Optional.empty();
    }
  }

  /** Whether its caller is known to be done, to the gateway. */
  boolean finishAsked(String id) {
    return holds("select 1 from gateway.job where id = ? and finish_reason = 'FINISHED'", id);
  }

  /** Whether what it will have cost is still reserved. */
  boolean reserved(String id) {
    return holds("select 1 from billing.reservation where job_id = ? and state = 'OPEN'", id);
  }

  private boolean holds(String query, String id) {
    try {
      return sql.sql(query).param(id).query(Integer.class).optional().isPresent();
    } catch (DataAccessException e) {
      return false;
    }
  }

  /**
   * All jobs that were ever asked for with so many tokens of prompt and answer together: an answer
   * that goes on in another job asks for as many in all, so this tells callers apart.
   */
  Set<String> jobs(int tokens) {
    return new HashSet<>(
        sql.sql("select id from gateway.job where prompt_tokens + max_tokens = ?")
            .param(tokens)
            .query(String.class)
            .list());
  }

  /** What is amiss, in the words of {@link Invariants}; a sentence if it cannot be asked. */
  List<String> amiss() {
    try {
      return Invariants.amiss(sql);
    } catch (DataAccessException e) {
      return List.of("the database does not answer");
    }
  }

  /** What jobs are billed for: those of these that have cost something. */
  List<String> billed(Set<String> jobs) {
    return sql.sql(
            """
            select u.job_id || ' ' || o.state || ': ' || u.prompt_tokens || ' read, '
              || u.completion_tokens || ' answered'
            from billing.usage_line u join orchestration.jobs o on o.id = u.job_id
            where u.job_id in (:jobs) and u.prompt_tokens + u.completion_tokens > 0
            """)
        .param("jobs", jobs)
        .query(String.class)
        .list();
  }

  /** How many of these were completed. */
  int completed(Set<String> jobs) {
    return sql.sql(
            "select count(*) from orchestration.jobs where id in (:jobs) and state = 'COMPLETED'")
        .param("jobs", jobs)
        .query(Integer.class)
        .single();
  }

  /** Rows that somebody else writes to next, kept from being written until this is closed. */
  final class Lock implements AutoCloseable {
    private final Connection connection;

    private Lock(String query, String... arguments) throws SQLException {
      connection = database.getConnection();
      connection.setAutoCommit(false);
      try (PreparedStatement lock = connection.prepareStatement(query)) {
        for (int i = 0; i < arguments.length; i++) {
          lock.setString(i + 1, arguments[i]);
        }
        lock.execute();
      }
    }

    @Override
    public void close() {
      try {
        connection.close();
      } catch (SQLException e) {
        // the server was killed, and the lock with it
      }
    }
  }

  /** Keeps money from being reserved or settled. */
  Lock lockAccounts() throws SQLException {
    return new Lock("select 1 from billing.tenant_account for update");
  }

  /** Keeps a job from moving. */
  Lock lockJob(String id) throws SQLException {
    return new Lock("select 1 from orchestration.jobs where id = ? for update", id);
  }
}
