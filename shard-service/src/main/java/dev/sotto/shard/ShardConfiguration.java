package dev.sotto.shard;

import dev.sotto.contracts.event.Topic;
import dev.sotto.node.job.Batches;
import dev.sotto.shard.broker.Announcements;
import dev.sotto.shard.broker.PeerDirectory;
import dev.sotto.shard.broker.Results;
import dev.sotto.shard.broker.StepIntake;
import dev.sotto.shard.work.Place;
import dev.sotto.shard.work.ServedShard;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.support.TopicPartitionOffset;
import org.springframework.kafka.support.TopicPartitionOffset.SeekPosition;

/** How a node is put together. */
@Configuration(proxyBeanMethods = false)
class ShardConfiguration {
  @Bean
  Place place(ShardSettings settings) throws IOException {
    return Place.read(
        settings.keysFolder(),
        settings.manifestFile(),
        settings.rootsFile(),
        settings.stage(),
        settings.seat());
  }

  @Bean
  PeerDirectory peers(Place place, Results results) {
    return new PeerDirectory(place.peers(), results::forged);
  }

  @Bean
  Results results(KafkaTemplate<String, byte[]> broker, Place place, MeterRegistry meters) {
    return new Results(broker, place, meters);
  }

  @Bean(destroyMethod = "close")
  ServedShard shard(
      ShardSettings settings,
      Place place,
      PeerDirectory peers,
      Results results,
      MeterRegistry meters)
      throws IOException {
    ServedShard shard =
        ServedShard.open(
            place,
            settings.shardFile(),
            settings.stateFolder(),
            new InetSocketAddress(settings.host(), settings.port()),
            settings.kernels(),
            settings.jobs(),
            peers,
            results);
    Gauge.builder("sotto.node.jobs", shard.jobs(), jobs -> jobs.running())
        .description("jobs that run now")
        .register(meters);
    Batches batches = shard.jobs().batches();
    if (batches != null) {
      FunctionCounter.builder("sotto.node.batches", batches, Batches::runs)
          .description("runs of several jobs' steps together")
          .register(meters);
      FunctionCounter.builder("sotto.node.batched.steps", batches, Batches::steps)
          .description("steps that were run together with others")
          .register(meters);
    }
    return shard;
  }

  @Bean(destroyMethod = "close")
  Announcements announcements(
      KafkaTemplate<String, byte[]> broker,
      Place place,
      ServedShard shard,
      ShardSettings settings) {
    return new Announcements(
        broker, place, shard, settings.host(), settings.slots(), InstantSource.system());
  }

  @Bean
  ShardLifecycle lifecycle(
      ShardSettings settings,
      Place place,
      ServedShard shard,
      PeerDirectory peers,
      Results results,
      Announcements announcements,
      KafkaAdmin admin,
      KafkaTemplate<String, byte[]> broker,
      ConsumerFactory<String, byte[]> consumers) {
    StepIntake intake = new StepIntake(shard.jobs(), broker, results::dead);
    // Assigned, not subscribed: there is one reader, and one that was killed must not be waited
    // for.
    String own = Topic.ofNode(place.identity().hex());
    ContainerProperties steps = new ContainerProperties(new TopicPartitionOffset(own, 0));
    steps.setGroupId("sotto-node-" + place.identity().hex());
    steps.setAckMode(AckMode.BATCH);
    steps.setMessageListener(intake);
    ContainerProperties nodes =
        new ContainerProperties(
            new TopicPartitionOffset(Topic.NODES.topicName(), 0, SeekPosition.BEGINNING));
    nodes.setGroupId("sotto-node-" + UUID.randomUUID()); // never committed: read from the start
    nodes.setAckMode(AckMode.MANUAL);
    nodes.setMessageListener(
        (MessageListener<String, byte[]>)
            (ConsumerRecord<String, byte[]> told) -> peers.read(told.value()));
    KafkaMessageListenerContainer<String, byte[]> stepReader =
        new KafkaMessageListenerContainer<>(consumers, steps);
    stepReader.setBeanName("sotto-steps");
    KafkaMessageListenerContainer<String, byte[]> nodeReader =
        new KafkaMessageListenerContainer<>(consumers, nodes);
    nodeReader.setBeanName("sotto-nodes");
    return new ShardLifecycle(
        Objects.requireNonNull(settings.drain()),
        place,
        shard,
        announcements,
        admin,
        stepReader,
        nodeReader);
  }

  @Bean
  NodeHealth node(ServedShard shard, PeerDirectory peers, Announcements announcements) {
    return new NodeHealth(shard, peers, announcements);
  }
}
