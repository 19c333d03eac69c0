package dev.sotto.gateway.jobs;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobStranded;
import dev.sotto.contracts.event.Topic;
import dev.sotto.gateway.GatewaySettings;
import dev.sotto.gateway.limits.Limits;
import dev.sotto.gateway.models.ServedModels;
import dev.sotto.gateway.status.ReadyCheck;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.EventConsumers;
import dev.sotto.platform.event.Outbox;
import dev.sotto.platform.event.RecordFeeds;
import dev.sotto.platform.event.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/** The desk between its table and the broker. */
@Configuration(proxyBeanMethods = false)
class JobsConfiguration {
  /** This process, until it ends. */
  record Instance(UUID id) {}

  @Bean
  Instance instance() {
    return new Instance(UUID.randomUUID());
  }

  @Bean
  JobTable jobTable(JdbcClient sql, Tenancy tenancy, Outbox outbox) {
    return new JobTable(sql, tenancy, outbox);
  }

  /** Steps wait for nothing: no batching, and a step that cannot be handed on fails soon. */
  @Bean
  KafkaTemplate<String, byte[]> stepTemplate(KafkaProperties kafka) {
    Map<String, Object> settings = new HashMap<>(kafka.buildProducerProperties());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topic.MAX_RECORD_BYTES);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
    KafkaTemplate<String, byte[]> template =
        new KafkaTemplate<>(
            new DefaultKafkaProducerFactory<>(
                settings, new StringSerializer(), new ByteArraySerializer()));
    template.setObservationEnabled(true); // the trace goes on in the record's headers
    return template;
  }

  @Bean
  StepSender stepSender(KafkaTemplate<String, byte[]> stepTemplate) {
    return (JobId job, byte[] encoding) -> {
      try {
        return stepTemplate.send(Topic.STEPS.topicName(), job.toString(), encoding);
      } catch (KafkaException e) { // the broker could not be asked at all
        return CompletableFuture.failedFuture(e);
      }
    };
  }

  @Bean
  JobDesk jobDesk(
      JobTable table,
      StepSender sender,
      Limits limits,
      ServedModels models,
      GatewaySettings settings,
      Clock clock,
      Instance instance,
      MeterRegistry meters) {
    JobDesk desk =
        new JobDesk(
            table,
            sender,
            limits,
            models,
            settings.jobs().asDeskSettings(),
            clock,
            instance.id(),
            DeskTimes.in(meters));
    Gauge.builder("sotto.gateway.jobs", desk.open, ConcurrentMap::size)
        .description("Jobs that this instance waits for")
        .register(meters);
    return desk;
  }

  /**
   * What this instance waits for is heard by it alone: all partitions, from now on. What stays
   * known of jobs is noted once, by whichever instance takes the event.
   */
  @Bean
  InitializingBean hearing(
      Topics topics,
      RecordFeeds feeds,
      EventConsumers consumers,
      JobDesk desk,
      JobTable table,
      Tenancy tenancy) {
    return () -> {
      topics.ensure(Topic.JOBS, Topic.STEPS, Topic.JOB_STATUS, Topic.PARTIAL_RESULTS);
      feeds.follow(
          "gateway-hears-status",
          List.of(Topic.JOB_STATUS.topicName()),
          RecordFeeds.From.NOW,
          heard -> desk.hear(EventCodec.decode(heard.value()).event()));
      feeds.follow(
          "gateway-hears-results",
          List.of(Topic.PARTIAL_RESULTS.topicName()),
          RecordFeeds.From.NOW,
          heard -> desk.hear(PartialResult.decode(heard.value())));
      consumers.subscribe(
          "gateway-jobs",
          List.of(Topic.JOB_STATUS),
          told -> tenancy.asWorker(() -> note(table, told.event())));
    };
  }

  private static void note(JobTable table, Event event) {
    switch (event) {
      case JobPlaced placed -> table.placed(placed);
      case JobStranded stranded -> table.stranded(stranded);
      case JobEnded ended -> table.ended(ended);
      default -> {}
    }
  }

  @Bean(destroyMethod = "close")
  Admin gatewayAdmin(KafkaProperties kafka) {
    return Admin.create(kafka.buildAdminProperties());
  }

  @Bean
  ReadyCheck brokerCheck(Admin gatewayAdmin) {
    return new ReadyCheck("broker", () -> answers(gatewayAdmin));
  }

  private static boolean answers(Admin admin) {
    try {
      return !admin.describeCluster().nodes().get(2, TimeUnit.SECONDS).isEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  Housekeeping housekeeping(
      JobDesk desk, JobTable table, GatewaySettings settings, Clock clock, Instance instance) {
    return new Housekeeping(
        new Sweeper(desk, table, settings.jobs().asDeskSettings(), clock, instance.id()));
  }
}
