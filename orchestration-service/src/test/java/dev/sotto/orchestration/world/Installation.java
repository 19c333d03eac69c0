package dev.sotto.orchestration.world;

import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.data.DisposableData;
import dev.sotto.data.PostgresServer;
import dev.sotto.orchestration.OrchestrationService;
import dev.sotto.platform.data.DatabaseSetup;
import dev.sotto.platform.data.ServiceLogin;
import dev.sotto.platform.data.Superuser;
import dev.sotto.platform.start.ServiceStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.ConfigurableApplicationContext;

/** A database of its own, and the service on it. */
public final class Installation {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ServiceLogin LOGIN =
      new ServiceLogin("orchestration", "owner-of-a-test-database", "app-of-a-test-database");

  private final String url;
  private final Path roots;
  private final Map<String, Object> settings;

  /** With settings beside the usual. */
  public Installation(Path folder, TrustRoots trusted, Map<String, Object> settings)
      throws IOException {
    PostgresServer server = DisposableData.postgres();
    Superuser superuser =
        new Superuser(server.url("postgres"), server.superuser(), server.password());
    this.url =
        DatabaseSetup.prepare(
            superuser, "orchestration_" + NUMBER.incrementAndGet(), List.of(LOGIN));
    this.roots = folder.resolve("roots.json");
    Files.write(roots, trusted.encode());
    this.settings = settings;
  }

  /** Starts the service. */
  public ConfigurableApplicationContext start() {
    ServiceStart start =
        ServiceStart.of(OrchestrationService.class, "orchestration")
            .on(url, LOGIN, DisposableData.kafka().bootstrap())
            .set("server.port", 0)
            .set("sotto.orchestration.roots-file", roots.toString());
    settings.forEach(start::set);
    return start.run();
  }
}
