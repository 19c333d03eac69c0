package dev.sotto.platform.event;

import dev.sotto.contracts.BadMessage;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/** How often a failed event is tried again, by what failed. */
final class Retries {
  private static final int ATTEMPTS_AT_A_RIDDLE = 6;

  private Retries() {}

  /** Never for what cannot pass, without end for what will, a few times for what nobody foresaw. */
  static BackOff after(@Nullable Throwable failure) {
    Throwable cause = root(failure);
    if (cause instanceof BadMessage || cause instanceof UnusableEvent) {
      return new FixedBackOff(0, 0);
    }
    ExponentialBackOff growing = new ExponentialBackOff(50, 2);
    growing.setMaxInterval(2000);
    if (!passing(failure)) {
      growing.setMaxAttempts(ATTEMPTS_AT_A_RIDDLE);
    }
    return growing;
  }

  /** Whether time alone may heal it: a database or broker that is away, a lost race. */
  private static boolean passing(@Nullable Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof TransientDataAccessException
          || at instanceof RecoverableDataAccessException
          || at instanceof DataAccessResourceFailureException
          || at instanceof TransactionException
          || at instanceof RetriableException
          || at instanceof BrokerFailure) {
        return true;
      }
    }
    return false;
  }

  /** What was thrown, without the listener's wrapping. */
  static Throwable root(@Nullable Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof BadMessage || at instanceof UnusableEvent) {
        return at;
      }
      if (!(at instanceof org.springframework.kafka.KafkaException)) {
        return at;
      }
    }
    return new IllegalStateException("An event failed without a cause", failure);
  }
}
