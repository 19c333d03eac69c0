package dev.sotto.billing.credit;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;

/** Looks for lapsed reservations every few seconds. */
class Expiry {
  private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

  private final CreditDesk desk;
  private final Duration grace;

  Expiry(CreditDesk desk, Duration grace) {
    this.desk = desk;
    this.grace = grace;
  }

  @Scheduled(fixedDelay = 10_000)
  void expire() {
    int expired = desk.expire(grace);
    if (expired > 0) {
      LOG.warn("{} reservations lapsed: nobody told of their jobs' end", expired);
    }
  }
}
