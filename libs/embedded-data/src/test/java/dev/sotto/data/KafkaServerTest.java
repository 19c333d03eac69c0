package dev.sotto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaServerTest {
  @TempDir Path folder;

  private static Map<String, Object> at(KafkaServer server) {
    return Map.of("bootstrap.servers", server.bootstrap());
  }

  private static List<String> readAll(KafkaServer server) {
    List<String> seen = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(at(server), new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition("kept", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, String> told : consumer.poll(Duration.ofMillis(200))) {
          seen.add(told.value());
        }
      }
    }
    return seen;
  }

  @Test
  void whatIsAcknowledgedSurvivesAKill() throws Exception {
    int port;
    try (KafkaServer first = KafkaServer.start(folder, 0);
        Admin admin = Admin.create(at(first));
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(at(first), new StringSerializer(), new StringSerializer())) {
      port = first.port();
      admin
          .createTopics(List.of(new NewTopic("kept", 1, (short) 1)))
          .all()
          .get(30, TimeUnit.SECONDS);
      producer.send(new ProducerRecord<>("kept", "k", "before")).get(30, TimeUnit.SECONDS);
      first.process().destroyForcibly();
      first.process().onExit().get(30, TimeUnit.SECONDS);
    }
    try (KafkaServer second = KafkaServer.start(folder, port)) {
      assertThat(second.port()).isEqualTo(port);
      assertThat(readAll(second)).containsExactly("before");
    }
    try (KafkaServer third = KafkaServer.start(folder, 0)) { // elsewhere
      assertThat(readAll(third)).containsExactly("before");
    }
  }

  @Test
  void stoppingTwiceIsNoError() {
    KafkaServer server = KafkaServer.start(folder, 0);
    server.close();
    server.close();
    assertThat(server.process().isAlive()).isFalse();
  }

  @Test
  void aTakenPortIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatThrownBy(() -> KafkaServer.start(folder, taken.getLocalPort()))
          .isInstanceOf(DataFailure.class)
          .hasMessageContaining("Port " + taken.getLocalPort());
    }
  }

  @Test
  void aDamagedFolderIsNamed() throws IOException {
    Files.createDirectories(folder.resolve("data"));
    Files.write(
        folder.resolve("data/meta.properties"), "nonsense".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> KafkaServer.start(folder, 0))
        .isInstanceOf(DataFailure.class)
        .hasMessageContaining("ended with")
        .hasMessageContaining("node ID not found in");
  }
}
