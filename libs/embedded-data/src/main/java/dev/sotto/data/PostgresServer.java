package dev.sotto.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL server in its own process: durable in a folder, on the loopback interface only,
 * passwords by SCRAM. The folder survives a kill -9 at any point, the first start included. As root
 * it runs in a user namespace of its own, because PostgreSQL refuses to run with root's rights.
 */
public final class PostgresServer implements AutoCloseable {
  private static final String SUPERUSER = "postgres";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(15);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Child child;
  private final Process guard;
  private final int port;
  private final String password;
  private final Path log;

  private PostgresServer(Child child, Process guard, int port, String password, Path log) {
    this.child = child;
    this.guard = guard;
    this.port = port;
    this.password = password;
    this.log = log;
  }

  /**
   * Starts a server on a folder, or anew on one that an earlier server left, and returns when it
   * takes connections. In the folder: {@code cluster}, {@code programs}, {@code superuser-password}
   * (0600) and {@code postgres.log}.
   *
   * @param port of 127.0.0.1; 0 for one that is free
   */
  public static PostgresServer start(Path folder, int port) {
    return start(folder, port, folder.resolve("programs"), true);
  }

  /**
   * Starts a server on a free port that does not wait for disks.
   *
   * @param programs where PostgreSQL's programs are unpacked to, unless they are there already
   */
  public static PostgresServer forTests(Path folder, Path programs) {
    return start(folder, 0, programs, false);
  }

  static PostgresServer start(Path folder, int port, Path programs, boolean durable) {
    try {
      Path home = folder.toAbsolutePath();
      Files.createDirectories(home);
      String password = password(home.resolve("superuser-password"));
      Path bin = PostgresBinaries.in(programs.toAbsolutePath()).resolve("bin");
      PostgresCluster cluster = new PostgresCluster(home, bin);
      cluster.create(durable);
      cluster.awaitNobodyElse();
      return run(cluster, Ports.claim("PostgreSQL", port), password, durable);
    } catch (IOException e) {
      throw new DataFailure("PostgreSQL's folder " + folder + " fails: " + e.getMessage(), e);
    }
  }

  private static PostgresServer run(
      PostgresCluster cluster, int port, String password, boolean durable) throws IOException {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      Path log = cluster.log();
      long before = Files.exists(log) ? Files.size(log) : 0;
      Child child = Child.start("PostgreSQL", cluster.command(port, durable), log);
      Process guard = guard(child.process());
      try {
        child.awaitReady(() -> connect(port, password).close(), START);
        return new PostgresServer(child, guard, port, password, log);
      } catch (DataFailure e) {
        guard.destroyForcibly();
        // Backends of a server that was killed need a moment to notice.
        boolean leftovers =
            Files.exists(log)
                && Files.size(log) > before
                && child.tail().contains("shared memory block");
        if (!leftovers || System.nanoTime() > end) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() {
    CompletableFuture<Void> nothing = new CompletableFuture<>();
    nothing.completeOnTimeout(null, 200, TimeUnit.MILLISECONDS).join();
  }

  private static Connection connect(int port, String password) throws SQLException {
    return DriverManager.getConnection(
        url(port, "postgres") + "?loginTimeout=5", SUPERUSER, password);
  }

  private static String url(int port, String database) {
    return "jdbc:postgresql://" + Ports.LOOPBACK + ":" + port + "/" + database;
  }

  /** Stops the server when its own input ends, which it does when this process ends, in any way. */
  private static Process guard(Process server) throws IOException {
    String script = "read -r _; kill -INT \"$1\" 2>/dev/null";
    Process guard =
        new ProcessBuilder("sh", "-c", script, "sh", Long.toString(server.pid()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var _ = server.onExit().thenRun(guard::destroyForcibly);
    return guard;
  }

  private static String password(Path file) throws IOException {
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    byte[] drawn = new byte[24];
    RANDOM.nextBytes(drawn);
    Path fresh =
        Files.createTempFile(
            file.getParent(),
            "password-",
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, HexFormat.of().formatHex(drawn));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    return Files.readString(file).strip();
  }

  /** Its port at 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The superuser's name. */
  public String superuser() {
    return SUPERUSER;
  }

  /** The superuser's password. */
  public String password() {
    return password;
  }

  /** Where JDBC finds one of its databases. */
  public String url(String database) {
    return url(port, database);
  }

  /** Where it logs. */
  public Path log() {
    return log;
  }

  /** The server's process. */
  public ProcessHandle process() {
    return child.process().toHandle();
  }

  /** Stops the server, cutting its connections; at once if it does not stop by itself. */
  @Override
  public void close() {
    try {
      guard.getOutputStream().close(); // the guard reads the end and interrupts the server
    } catch (IOException e) {
      child.process().destroy();
    }
    if (!child.ended(STOP)) {
      child.kill();
    }
    guard.destroyForcibly();
  }

  @Override
  public String toString() {
    return "PostgreSQL at " + Ports.LOOPBACK + ":" + port;
  }

  /** The folder of a cluster, and how its programs are called. */
  private record PostgresCluster(Path home, Path bin) {
    Path data() {
      return home.resolve("cluster");
    }

    Path log() {
      return home.resolve("postgres.log");
    }

    void create(boolean durable) throws IOException {
      if (Files.exists(data())) {
        if (!Files.exists(data().resolve("PG_VERSION"))) {
          throw new DataFailure(
              data() + " is damaged: it has no PG_VERSION; restore a backup or move it away");
        }
        return;
      }
      Path fresh = home.resolve("cluster.new");
      Folders.delete(fresh);
      List<String> command =
          unprivileged(
              bin.resolve("initdb").toString(),
              "--pgdata=" + fresh,
              "--username=" + SUPERUSER,
              "--pwfile=" + home.resolve("superuser-password"),
              "--auth=scram-sha-256",
              "--encoding=UTF8",
              "--locale=C",
              "--locale-provider=builtin",
              "--builtin-locale=C.UTF-8",
              "--no-instructions");
      if (!durable) {
        command.add("--no-sync");
      }
      Child initdb = Child.start("initdb", command, log());
      if (!initdb.ended(START) || initdb.process().exitValue() != 0) {
        initdb.kill();
        throw new DataFailure(
            "PostgreSQL's folder cannot be made; the log says:\n" + initdb.tail());
      }
      Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** A process that is named in a lock file may be a server that is ending, or a stranger. */
    void awaitNobodyElse() throws IOException {
      Path lock = data().resolve("postmaster.pid");
      if (!Files.exists(lock)) {
        return;
      }
      List<String> lines = Files.readAllLines(lock);
      if (lines.isEmpty() || !lines.getFirst().strip().matches("[0-9]{1,9}")) {
        Files.deleteIfExists(lock); // was being written when the machine stopped
        return;
      }
      Optional<ProcessHandle> holder =
          ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).filter(ProcessHandle::isAlive);
      if (holder.isEmpty()) {
        return; // PostgreSQL itself clears what is stale
      }
      if (holder.get().info().command().filter(c -> c.endsWith("/postgres")).isEmpty()) {
        Files.deleteIfExists(lock); // the number has gone to another program
        return;
      }
      try {
        holder.get().onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DataFailure("Interrupted while another PostgreSQL was ending", e);
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
        throw new DataFailure(
            "Another PostgreSQL (process " + holder.get().pid() + ") runs on " + home, e);
      }
    }

    List<String> command(int port, boolean durable) {
      List<String> command =
          unprivileged(
              bin.resolve("postgres").toString(),
              "-D",
              data().toString(),
              "-p",
              Integer.toString(port),
              "-c",
              "listen_addresses=" + Ports.LOOPBACK,
              "-c",
              "unix_socket_directories=",
              "-c",
              "max_connections=100",
              "-c",
              "shared_buffers=32MB",
              "-c",
              "logging_collector=off",
              "-c",
              "log_line_prefix=%m [%p] ",
              // A failed statement may quote what it was given.
              "-c",
              "log_min_error_statement=panic",
              "-c",
              "log_parameter_max_length=0",
              "-c",
              "log_parameter_max_length_on_error=0",
              "-c",
              "log_error_verbosity=terse");
      if (!durable) {
        command.addAll(
            List.of(
                "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"));
      }
      return command;
    }

    private static List<String> unprivileged(String... command) {
      List<String> all = new ArrayList<>();
      if (RootRights.held()) {
        all.add("unshare");
        all.add("-U");
      }
      all.addAll(List.of(command));
      return all;
    }
  }
}
