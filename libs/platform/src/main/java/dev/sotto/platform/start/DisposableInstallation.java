package dev.sotto.platform.start;

import dev.sotto.platform.data.DatabaseSetup;
import dev.sotto.platform.data.ServiceLogin;
import dev.sotto.platform.data.Superuser;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database of its own on a server that a test has, and services on it in one line:
 *
 * <pre>{@code
 * var data = DisposableData.postgres();
 * var installation =
 *     new DisposableInstallation(
 *         new Superuser(data.url("postgres"), data.superuser(), data.password()),
 *         DisposableData.kafka().bootstrap());
 * var context = installation.service(BillingService.class, "billing").run();
 * }</pre>
 */
public final class DisposableInstallation {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Roles are the server's, not a database's, so all installations of a JVM share passwords. */
  private static final String PASSWORD = UUID.randomUUID().toString();

  private final Superuser superuser;
  private final String kafka;
  private final String database = "sotto_" + COUNT.incrementAndGet();

  /** On a server and a broker. */
  public DisposableInstallation(Superuser superuser, String kafka) {
    this.superuser = superuser;
    this.kafka = kafka;
  }

  /** Prepares a service's schema and logins, and sets them; it listens on a free port. */
  public ServiceStart service(Class<?> service, String name) {
    ServiceLogin login = login(name);
    String url = DatabaseSetup.prepare(superuser, database, List.of(login));
    return ServiceStart.of(service, name)
        .on(url, login, kafka)
        .set("server.port", "0")
        .set("sotto.platform.instance", "test-" + UUID.randomUUID());
  }

  /** The logins of a service. */
  public ServiceLogin login(String name) {
    return new ServiceLogin(name, PASSWORD, PASSWORD);
  }

  /** The database's URL for JDBC. */
  public String url() {
    return superuser.url().replaceFirst("/[^/]*$", "/" + database);
  }
}
