package dev.sotto.platform.start;

import dev.sotto.platform.data.ServiceLogin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts one service. Its settings come, weakest first, from what all services have in common
 * (here), from {@code <name>.yml} in its jar, from a file, and from {@link #set}.
 *
 * <pre>{@code
 * ServiceStart.of(BillingService.class, "billing").config(file).run(args);
 * }</pre>
 */
public final class ServiceStart {
  private final Class<?> service;
  private final Map<String, Object> defaults = new LinkedHashMap<>();
  private final Map<String, Object> set = new LinkedHashMap<>();

  private ServiceStart(Class<?> service, String name) {
    this.service = service;
    String schema = name;
    defaults.put("spring.config.name", name);
    defaults.put("spring.application.name", "sotto-" + name);
    defaults.put("spring.main.banner-mode", "off");
    defaults.put("spring.jmx.enabled", "false");
    defaults.put("spring.threads.virtual.enabled", "true");
    defaults.put("server.shutdown", "graceful");
    defaults.put("spring.lifecycle.timeout-per-shutdown-phase", "10s");
    defaults.put("sotto.platform.schema", schema);
    defaults.put("spring.datasource.username", schema + "_app");
    defaults.put("spring.datasource.hikari.maximum-pool-size", "10");
    defaults.put("spring.datasource.hikari.minimum-idle", "2");
    defaults.put("spring.datasource.hikari.connection-timeout", "10000");
    defaults.put("spring.flyway.user", schema + "_owner");
    defaults.put("spring.flyway.schemas", schema);
    defaults.put("spring.flyway.create-schemas", "false");
    defaults.put("spring.flyway.locations", "classpath:db/" + schema);
    // The schema is not empty the first time: the platform's own tables come before the service's.
    defaults.put("spring.flyway.baseline-on-migrate", "true");
    defaults.put("spring.flyway.baseline-version", "0");
    defaults.put("management.endpoints.web.exposure.include", "health,prometheus");
    defaults.put("management.endpoint.health.probes.enabled", "true");
    defaults.put("management.otlp.metrics.export.enabled", "false");
  }

  /** A service's main class, and its name: that of its settings file and its schema. */
  public static ServiceStart of(Class<?> service, String name) {
    return new ServiceStart(service, name);
  }

  /** A settings file for this installation; IllegalArgumentException when it is not there. */
  public ServiceStart config(Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("The settings file " + file + " cannot be read");
    }
    defaults.put("spring.config.additional-location", file.toUri().toString());
    return this;
  }

  /** One setting, before all others. */
  public ServiceStart set(String key, Object value) {
    set.put(key, value);
    return this;
  }

  /** Its database and broker. */
  public ServiceStart on(String databaseUrl, ServiceLogin login, String kafka) {
    return set("spring.datasource.url", databaseUrl)
        .set("spring.datasource.username", login.app())
        .set("spring.datasource.password", login.appPassword())
        .set("spring.flyway.user", login.owner())
        .set("spring.flyway.password", login.ownerPassword())
        .set("spring.kafka.bootstrap-servers", kafka);
  }

  /** Runs it; returns when it has started. */
  public ConfigurableApplicationContext run(String... args) {
    return builder().run(args);
  }

  /** Runs it without a web server: for tests of what it does otherwise. */
  public ConfigurableApplicationContext runWithoutWeb(String... args) {
    return builder().web(WebApplicationType.NONE).run(args);
  }

  private SpringApplicationBuilder builder() {
    return new SpringApplicationBuilder(service)
        .properties(defaults)
        .initializers(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("set at start", Map.copyOf(set))));
  }
}
