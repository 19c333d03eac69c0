package dev.sotto.verification.receipt;

import dev.sotto.contracts.event.Topic;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.EventConsumers;
import dev.sotto.platform.event.Outbox;
import dev.sotto.platform.event.Topics;
import dev.sotto.verification.VerificationSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;

/** How receipts are wired to the database and to events. */
@Configuration(proxyBeanMethods = false)
class ReceiptWiring {
  @Bean
  Receipts receipts(JdbcClient jdbc, Tenancy tenancy) {
    return new Receipts(jdbc, tenancy);
  }

  @Bean
  ReceiptDesk receiptDesk(
      Tenancy tenancy,
      JdbcClient jdbc,
      Receipts receipts,
      Outbox outbox,
      MeterRegistry meters,
      VerificationSettings settings) {
    return new ReceiptDesk(
        tenancy,
        new Placements(jdbc),
        new DigestShares(jdbc),
        new EndedJobs(jdbc),
        receipts,
        outbox,
        meters,
        InstantSource.system(),
        settings.issuer(),
        IssuerKey.of(settings.keyFile(), settings.publicKeysFile(), settings.issuer()),
        settings.grace());
  }

  @Bean
  Sweep sweep(ReceiptDesk desk) {
    return new Sweep(desk);
  }

  /** Digests have a consumer of their own: they wait for no job's end. */
  @Bean
  SmartInitializingSingleton receiptEvents(
      EventConsumers consumers, Topics topics, ReceiptDesk desk) {
    return () -> {
      topics.ensure(Topic.VERDICTS);
      consumers.subscribe("verification-jobs", List.of(Topic.JOB_STATUS), desk::take);
      consumers.subscribe("verification-digests", List.of(Topic.DIGESTS), desk::take);
    };
  }

  /** Now and then, what waits no longer. */
  static final class Sweep {
    private final ReceiptDesk desk;

    Sweep(ReceiptDesk desk) {
      this.desk = desk;
    }

    @Scheduled(fixedDelay = 1_000, initialDelay = 1_000)
    void sweep() {
      desk.sweep();
    }
  }
}
