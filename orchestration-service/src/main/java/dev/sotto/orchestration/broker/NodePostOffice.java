package dev.sotto.orchestration.broker;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.NodeClose;
import dev.sotto.contracts.event.Topic;
import dev.sotto.orchestration.dispatch.Figures;
import dev.sotto.orchestration.step.Sent;
import dev.sotto.orchestration.step.StepDesk;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes' own topics. One producer, so that what is sent first arrives first. */
final class NodePostOffice implements StepDesk.NodePost, AutoCloseable {
  /** W3C trace context: what joins a step's spans over the broker. */
  static final String TRACE = "traceparent";

  private static final Logger LOG = LoggerFactory.getLogger(NodePostOffice.class);

  private final Producer<byte[], byte[]> producer;
  private final Figures figures;

  NodePostOffice(Producer<byte[], byte[]> producer, Figures figures) {
    this.producer = producer;
    this.figures = figures;
  }

  Producer<byte[], byte[]> producer() {
    return producer;
  }

  @Override
  public void send(Sent part, byte @Nullable [] trace, Runnable failed) {
    JobId job = part.step().jobId();
    ProducerRecord<byte[], byte[]> record = record(part.identity(), job, part.step().encode());
    if (trace != null) {
      record.headers().add(TRACE, trace);
    }
    post(
        record,
        (at, error) -> {
          if (error != null) {
            LOG.warn("job {}: a step could not be sent to a node: {}", job, error.toString());
            failed.run();
          }
        });
    figures.forwarded();
  }

  @Override
  public void close(JobId job, List<String> identities, Runnable told) {
    byte[] close = new NodeClose(job).encode();
    CompletableFuture<?>[] all =
        identities.stream()
            .map(
                identity -> {
                  CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
                  post(
                      record(identity, job, close),
                      (at, error) -> {
                        if (error == null) {
                          sent.complete(null);
                        } else {
                          LOG.warn(
                              "job {}: a node is not told of its end: {}", job, error.toString());
                        }
                      });
                  return sent;
                })
            .toArray(CompletableFuture<?>[]::new);
    var _ = CompletableFuture.allOf(all).thenRun(told);
  }

  private void post(ProducerRecord<byte[], byte[]> record, Callback done) {
    try {
      var _ = producer.send(record, done);
    } catch (RuntimeException e) {
      done.onCompletion(null, e);
    }
  }

  private static ProducerRecord<byte[], byte[]> record(String identity, JobId job, byte[] value) {
    return new ProducerRecord<>(
        Topic.ofNode(identity), job.toString().getBytes(StandardCharsets.US_ASCII), value);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
