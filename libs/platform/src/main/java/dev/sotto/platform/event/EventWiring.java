package dev.sotto.platform.event;

import dev.sotto.platform.PlatformSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How events are wired; imported by {@link dev.sotto.platform.PlatformConfiguration}. */
@Configuration(proxyBeanMethods = false)
public class EventWiring {
  /** Made by Spring. */
  public EventWiring() {}

  @Bean
  KafkaClients kafkaClients(KafkaProperties configured) {
    return new KafkaClients(configured);
  }

  @Bean(destroyMethod = "")
  Producer<String, byte[]> eventProducer(KafkaClients clients) {
    return clients.producer();
  }

  @Bean
  ProducerEnd eventProducerEnd(Producer<String, byte[]> eventProducer) {
    return new ProducerEnd(eventProducer);
  }

  @Bean
  Topics topics(KafkaClients clients) {
    return new Topics(clients);
  }

  @Bean
  OutboxRelay outboxRelay(
      DataSource dataSource, PlatformSettings settings, Producer<String, byte[]> eventProducer) {
    return new OutboxRelay(dataSource, new OutboxTable(settings.schema()), eventProducer);
  }

  @Bean
  Outbox outbox(JdbcClient jdbc, OutboxRelay relay, ObjectProvider<Tracer> tracer) {
    return new Outbox(
        jdbc, InstantSource.system(), () -> traceparent(tracer.getIfAvailable()), relay::wake);
  }

  @Bean
  DeadLetters deadLetters(Producer<String, byte[]> eventProducer, MeterRegistry meters) {
    return new DeadLetters(eventProducer, meters);
  }

  @Bean
  EventConsumers eventConsumers(
      KafkaClients clients,
      Topics topics,
      DeadLetters deadLetters,
      PlatformTransactionManager transactions,
      JdbcClient jdbc,
      MeterRegistry meters,
      ApplicationContext context,
      PlatformSettings settings) {
    return new EventConsumers(
        clients,
        topics,
        deadLetters,
        new TransactionTemplate(transactions),
        jdbc,
        meters,
        context,
        settings.instance());
  }

  @Bean
  RecordFeeds recordFeeds(KafkaClients clients) {
    return new RecordFeeds(clients);
  }

  /** Down while events cannot be published; what waits is not lost. */
  @Bean
  HealthIndicator outboxHealthIndicator(OutboxRelay relay) {
    return () -> {
      String failure = relay.failure();
      return failure == null
          ? Health.up().build()
          : Health.down().withDetail("reason", failure).build();
    };
  }

  /** The current span as W3C writes it. */
  static @Nullable String traceparent(@Nullable Tracer tracer) {
    Span span = tracer == null ? null : tracer.currentSpan();
    if (span == null) {
      return null;
    }
    TraceContext at = span.context();
    return "00-%s-%s-%s"
        .formatted(at.traceId(), at.spanId(), Boolean.TRUE.equals(at.sampled()) ? "01" : "00");
  }
}
