package dev.sotto.billing.credit;

import dev.sotto.billing.BillingSettings;
import dev.sotto.billing.journal.Balances;
import dev.sotto.billing.journal.Journal;
import dev.sotto.billing.pricing.PriceBook;
import dev.sotto.billing.usage.UsageLines;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobVerified;
import dev.sotto.contracts.event.Topic;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.EventConsumers;
import dev.sotto.platform.event.Outbox;
import dev.sotto.platform.event.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How credit is wired to the database and to events. */
@Configuration(proxyBeanMethods = false)
class CreditWiring {
  @Bean
  PriceBook priceBook(
      PlatformTransactionManager transactions, JdbcClient jdbc, BillingSettings settings) {
    PriceBook book = new PriceBook(new TransactionTemplate(transactions), jdbc);
    book.publish(settings.currency(), settings.prices());
    return book;
  }

  @Bean
  Journal journal(JdbcClient jdbc, BillingSettings settings) {
    return new Journal(jdbc, settings.currency());
  }

  @Bean
  Balances balances(JdbcClient jdbc, Journal journal, BillingSettings settings) {
    return new Balances(jdbc, journal, settings.currency(), settings.startingCreditMicros());
  }

  @Bean
  UsageLines usageLines(JdbcClient jdbc, BillingSettings settings) {
    return new UsageLines(jdbc, settings.currency());
  }

  @Bean
  Reservations reservations(JdbcClient jdbc) {
    return new Reservations(jdbc);
  }

  @Bean
  CreditDesk creditDesk(
      Tenancy tenancy,
      Balances balances,
      Journal journal,
      Reservations reservations,
      PriceBook prices,
      UsageLines usage,
      Outbox outbox,
      MeterRegistry meters,
      BillingSettings settings) {
    return new CreditDesk(
        tenancy,
        balances,
        journal,
        reservations,
        prices,
        usage,
        outbox,
        meters,
        InstantSource.system(),
        settings.operatorShare());
  }

  @Bean
  Corrections corrections(
      Tenancy tenancy,
      Balances balances,
      Journal journal,
      Reservations reservations,
      PriceBook prices,
      UsageLines usage,
      BillingSettings settings) {
    return new Corrections(
        tenancy, balances, journal, reservations, prices, usage, settings.operatorShare());
  }

  @Bean
  Refunds refunds(
      Tenancy tenancy,
      JdbcClient jdbc,
      Balances balances,
      Reservations reservations,
      UsageLines usage,
      Corrections corrections,
      MeterRegistry meters) {
    return new Refunds(tenancy, jdbc, balances, reservations, usage, corrections, meters);
  }

  @Bean
  Expiry expiry(CreditDesk desk, BillingSettings settings) {
    return new Expiry(desk, settings.expiryGrace());
  }

  /** Requests and ends have consumers of their own: neither waits for the other. */
  @Bean
  SmartInitializingSingleton creditEvents(
      EventConsumers consumers, Topics topics, CreditDesk desk, Refunds refunds) {
    return () -> {
      topics.ensure(Topic.CREDIT_DECISIONS, Topic.VERDICTS);
      consumers.subscribe("billing-credit", List.of(Topic.CREDIT), told -> take(told, desk));
      consumers.subscribe(
          "billing-ends", List.of(Topic.JOB_STATUS), told -> end(told, desk, refunds));
      consumers.subscribe("billing-verdicts", List.of(Topic.VERDICTS), told -> take(told, refunds));
    };
  }

  private static void take(EventRecord told, CreditDesk desk) {
    if (told.event() instanceof CreditRequested asked) {
      desk.request(asked);
    }
  }

  private static void end(EventRecord told, CreditDesk desk, Refunds refunds) {
    if (told.event() instanceof JobEnded ended) {
      desk.end(ended);
      refunds.ended(ended);
    }
  }

  private static void take(EventRecord told, Refunds refunds) {
    if (told.event() instanceof JobVerified verified) {
      refunds.verified(verified);
    }
  }
}
