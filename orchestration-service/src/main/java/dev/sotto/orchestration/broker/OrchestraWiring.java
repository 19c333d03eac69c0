package dev.sotto.orchestration.broker;

import dev.sotto.contracts.event.Topic;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.orchestration.OrchestrationSettings;
import dev.sotto.orchestration.dispatch.Admission;
import dev.sotto.orchestration.dispatch.Dispatcher;
import dev.sotto.orchestration.dispatch.Figures;
import dev.sotto.orchestration.dispatch.JobMoves;
import dev.sotto.orchestration.dispatch.Limits;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.lane.LaneState;
import dev.sotto.orchestration.store.JobStore;
import dev.sotto.orchestration.store.LaneStore;
import dev.sotto.orchestration.store.Tenure;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.EventConsumers;
import dev.sotto.platform.event.Outbox;
import dev.sotto.platform.event.RecordFeeds;
import dev.sotto.platform.event.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Puts the parts together. */
@Configuration(proxyBeanMethods = false)
class OrchestraWiring {
  @Bean
  InstantSource wall() {
    return InstantSource.system();
  }

  @Bean
  LaneBoard laneBoard(OrchestrationSettings settings, InstantSource wall) throws IOException {
    TrustRoots roots = TrustRoots.decode(Files.readAllBytes(settings.rootsFile()));
    return new LaneBoard(roots, settings.silence(), System::nanoTime, wall);
  }

  @Bean
  JobStore jobStore(JdbcClient db) {
    return new JobStore(db);
  }

  @Bean
  LaneStore laneStore(JdbcClient db) {
    return new LaneStore(db);
  }

  @Bean
  JobMoves jobMoves(Tenancy tenancy, JobStore jobs, Outbox outbox, InstantSource wall) {
    return new JobMoves(tenancy, jobs, outbox, wall);
  }

  @Bean
  Figures figures(MeterRegistry registry, LaneBoard board) {
    return new Figures(
        registry,
        () -> (int) board.lanes().stream().filter(lane -> lane.state() == LaneState.ALIVE).count());
  }

  @Bean
  Limits limits(OrchestrationSettings settings) {
    return new Limits(
        settings.queued(),
        settings.queuedPerTenant(),
        settings.placedPerTenant(),
        settings.noLaneWait(),
        settings.idle(),
        settings.lastResults(),
        settings.lastWord(),
        settings.keepEnded());
  }

  @Bean(destroyMethod = "") // the orchestra closes it, after its last word
  NodePostOffice nodePostOffice(KafkaProperties kafka, Figures figures) {
    return new NodePostOffice(producer(kafka), figures);
  }

  @Bean
  Dispatcher dispatcher(
      JobMoves moves,
      LaneBoard board,
      Limits limits,
      InstantSource wall,
      Figures figures,
      NodePostOffice post) {
    return new Dispatcher(moves, board, limits, wall, System::nanoTime, figures, post);
  }

  @Bean
  Orchestra orchestra(
      LaneBoard board,
      LaneStore lanes,
      JobStore jobs,
      JobMoves moves,
      Dispatcher dispatcher,
      Figures figures,
      Limits limits,
      Tenancy tenancy,
      Outbox outbox,
      InstantSource wall,
      Topics topics,
      RecordFeeds feeds,
      EventConsumers events,
      NodePostOffice post,
      MeterRegistry meters,
      KafkaProperties kafka,
      OrchestrationSettings settings) {
    long settledAt = System.nanoTime() + settings.noLaneWait().toNanos();
    Admission admission =
        new Admission(
            tenancy,
            jobs,
            moves,
            outbox,
            board,
            limits,
            wall,
            () -> System.nanoTime() - settledAt > 0);
    return new Orchestra(
        board,
        lanes,
        dispatcher,
        admission,
        topics,
        feeds,
        events,
        new NodeFeed(board, lanes, dispatcher, figures, wall),
        writeDown ->
            new StepLoop(
                () -> consumer(kafka),
                dispatcher.desk(),
                new Undecodable(post.producer(), meters),
                writeDown),
        post);
  }

  @Bean
  Tenure tenure(
      DataSource database, Orchestra orchestra, ConfigurableApplicationContext application) {
    return new Tenure(
        database,
        orchestra::begin,
        () -> Thread.ofPlatform().name("sotto-stop").start(application::close));
  }

  @Bean
  OrchestraLife orchestraLife(Tenure tenure, Orchestra orchestra) {
    return new OrchestraLife(tenure, orchestra);
  }

  /** Gives a record up after half a minute: by then its job's lane is as good as lost. */
  private static Producer<byte[], byte[]> producer(KafkaProperties kafka) {
    Map<String, Object> settings = new HashMap<>(kafka.buildProducerProperties());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topic.MAX_RECORD_BYTES + 4096);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Consumer<byte[], byte[]> consumer(KafkaProperties kafka) {
    Map<String, Object> settings = new HashMap<>(kafka.buildConsumerProperties());
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, "orchestration-steps");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100);
    settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
