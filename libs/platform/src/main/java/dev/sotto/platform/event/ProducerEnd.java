package dev.sotto.platform.event;

import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;
import org.springframework.beans.factory.DisposableBean;

/**
 * Closes the producer without waiting for a broker that may be away: what it has not acknowledged
 * is still in the outbox.
 */
record ProducerEnd(Producer<String, byte[]> producer) implements DisposableBean {
  @Override
  public void destroy() {
    producer.close(Duration.ofSeconds(2));
  }
}
