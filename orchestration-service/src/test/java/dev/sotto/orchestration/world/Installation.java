package dev.sotto.orchestration.world;

import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.disposable.DisposableData;
import dev.sotto.disposable.Postgres;
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
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.ConfigurableApplicationContext;

/** A database of its own, and the service on it. */
public final class Installation {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ServiceLogin LOGIN =
      new ServiceLogin("orchestration", "owner-of-a-test-database", "app-of-a-test-database");

  private final String url;
  private final Path folder;
  private final Path roots;
  private final Map<String, Object> settings;

  /** With settings beside the usual. */
  public Installation(Path folder, TrustRoots trusted, Map<String, Object> settings)
      throws IOException {
    Postgres server = DisposableData.postgres();
    Superuser superuser =
        new Superuser(server.url("postgres"), server.superuser(), server.password());
    this.url =
        DatabaseSetup.prepare(
            superuser, "orchestration_" + NUMBER.incrementAndGet(), List.of(LOGIN));
    this.folder = folder;
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

  /**
   * Starts the service as a process of its own, which may be killed. Its log is beside the roots.
   */
  public Process startProcess() throws IOException {
    Map<String, Object> all = new TreeMap<>(settings);
    all.put("spring.datasource.url", url);
    all.put("spring.datasource.password", LOGIN.appPassword());
    all.put("spring.flyway.password", LOGIN.ownerPassword());
    all.put("spring.kafka.bootstrap-servers", DisposableData.kafka().bootstrap());
    all.put("server.port", 0);
    all.put("sotto.orchestration.roots-file", roots);
    Path file = folder.resolve("orchestration.properties");
    Files.write(file, all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    String path = System.getProperty("surefire.test.class.path", "");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            path.isEmpty() ? System.getProperty("java.class.path") : path,
            OrchestrationService.class.getName(),
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("service.log").toFile()))
        .start();
  }
}
