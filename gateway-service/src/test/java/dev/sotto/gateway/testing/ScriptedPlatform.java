package dev.sotto.gateway.testing;

import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobFinishRequested;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.event.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What the orchestration and the nodes say on the real topics, as a test scripts it. By default
 * jobs are placed, steps answered, and jobs ended as was asked.
 */
public final class ScriptedPlatform implements AutoCloseable {
  public final Map<String, JobRequested> jobs = new ConcurrentHashMap<>();

  /** The trace that the last record of a topic carried. */
  public final Map<String, String> traces = new ConcurrentHashMap<>();

  public final BlockingQueue<JobFinishRequested> finishes = new LinkedBlockingQueue<>();
  public final BlockingQueue<SealedStep> steps = new LinkedBlockingQueue<>();
  public volatile Function<JobRequested, List<Event>> onRequest = asked -> List.of(placed(asked));
  public volatile Function<SealedStep, List<PartialResult>> onStep = Lanes::results;
  public volatile Function<JobFinishRequested, List<Event>> onFinish = this::asAsked;

  private final KafkaConsumer<String, byte[]> consumer;
  private final KafkaProducer<String, byte[]> producer;
  private final Thread thread;

  /** On a broker whose topics are there. */
  public ScriptedPlatform(String bootstrap) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "max.request.size", Topic.MAX_RECORD_BYTES),
            new StringSerializer(),
            new ByteArraySerializer());
    List<TopicPartition> heard =
        Stream.of(Topic.JOBS, Topic.STEPS)
            .flatMap(topic -> consumer.partitionsFor(topic.topicName()).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(heard);
    consumer.seekToEnd(heard);
    heard.forEach(consumer::position);
    thread = Thread.ofPlatform().daemon().name("scripted-platform").start(this::run);
  }

  private void run() {
    try (consumer) {
      while (true) {
        consumer.poll(Duration.ofSeconds(1)).forEach(this::hear);
      }
    } catch (WakeupException e) {
      // closed
    }
  }

  private void hear(ConsumerRecord<String, byte[]> heard) {
    Header trace = heard.headers().lastHeader("traceparent");
    if (trace != null) {
      traces.put(heard.topic(), new String(trace.value(), StandardCharsets.US_ASCII));
    }
    if (heard.topic().equals(Topic.STEPS.topicName())) {
      SealedStep step = SealedStep.decode(heard.value());
      steps.add(step);
      onStep.apply(step).forEach(this::say);
      return;
    }
    switch (EventCodec.decode(heard.value()).event()) {
      case JobRequested asked -> {
        jobs.put(asked.jobId(), asked);
        onRequest.apply(asked).forEach(this::say);
      }
      case JobFinishRequested finish -> {
        finishes.add(finish);
        onFinish.apply(finish).forEach(this::say);
      }
      default -> {}
    }
  }

  /** Tells an event. */
  public void say(Event event) {
    say(new EventRecord(UUID.randomUUID(), 0, event));
  }

  /** Tells an event again. */
  public void say(EventRecord told) {
    send(told.event().topic(), told.event().key(), EventCodec.encode(told));
  }

  /** Posts a result. */
  public void say(PartialResult result) {
    send(Topic.PARTIAL_RESULTS, result.jobId().toString(), result.encode());
  }

  /** Puts bytes on a topic. */
  public void send(Topic topic, String key, byte[] value) {
    var _ = producer.send(new ProducerRecord<>(topic.topicName(), key, value));
  }

  public static JobPlaced placed(JobRequested asked) {
    return new JobPlaced(asked.jobId(), Protection.PASSIVE, List.of(Lanes.lane()));
  }

  public static JobEnded ended(
      JobRequested asked, JobEnded.Outcome outcome, String code, boolean retryable, int answered) {
    return new JobEnded(
        asked.jobId(),
        asked.tenantId(),
        asked.projectId(),
        asked.keyId(),
        asked.model(),
        asked.protection(),
        outcome,
        code,
        code.isEmpty() ? "" : "Scripted.",
        retryable,
        answered == 0 ? 0 : asked.promptTokens(),
        answered,
        List.of());
  }

  private List<Event> asAsked(JobFinishRequested finish) {
    JobRequested asked = jobs.get(finish.jobId());
    if (asked == null) {
      return List.of();
    }
    return List.of(
        switch (finish.reason()) {
          case FINISHED -> ended(asked, JobEnded.Outcome.COMPLETED, "", false, 1);
          case CANCELLED -> ended(asked, JobEnded.Outcome.CANCELLED, "", false, 1);
          case DISTRUSTED -> ended(asked, JobEnded.Outcome.FAILED, "lanes_disagree", false, 1);
          case ABANDONED -> ended(asked, JobEnded.Outcome.FAILED, "abandoned", true, 1);
        });
  }

  /** The next end that the gateway asks for. */
  public JobFinishRequested finish() throws InterruptedException {
    JobFinishRequested finish = finishes.poll(60, TimeUnit.SECONDS);
    if (finish == null) {
      throw new AssertionError("no end was asked for within a minute");
    }
    return finish;
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ofSeconds(1));
  }
}
