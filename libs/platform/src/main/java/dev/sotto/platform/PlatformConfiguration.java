package dev.sotto.platform;

import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.EventConsumers;
import dev.sotto.platform.event.EventWiring;
import dev.sotto.platform.event.Outbox;
import dev.sotto.platform.event.RecordFeeds;
import dev.sotto.platform.event.Topics;
import dev.sotto.platform.internal.InternalToken;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a service imports: {@link Tenancy}, {@link Outbox}, {@link EventConsumers}, {@link
 * RecordFeeds}, {@link Topics} and, where a file is configured, {@link InternalToken}. Expects
 * Boot's own settings for PostgreSQL ({@code spring.datasource}, {@code spring.flyway}) and Kafka
 * ({@code spring.kafka.bootstrap-servers}).
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PlatformSettings.class)
@Import(EventWiring.class)
public class PlatformConfiguration {
  /** Made by Spring. */
  public PlatformConfiguration() {}

  @Bean
  Tenancy tenancy(PlatformTransactionManager transactions, JdbcClient jdbc) {
    return new Tenancy(new TransactionTemplate(transactions), jdbc);
  }

  /**
   * The platform's own tables have a history of their own, so that they and a service's can be
   * numbered without each other.
   */
  @Bean
  FlywayMigrationStrategy platformFirst() {
    return service -> {
      FluentConfiguration platform = Flyway.configure().configuration(service.getConfiguration());
      platform.locations("classpath:db/platform").table("platform_history").load().migrate();
      service.migrate();
    };
  }

  @Bean
  InternalToken internalToken(PlatformSettings settings) {
    return settings.internalTokenFile() == null
        ? InternalToken.none()
        : InternalToken.read(settings.internalTokenFile());
  }
}
