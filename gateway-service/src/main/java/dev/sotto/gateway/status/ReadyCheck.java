package dev.sotto.gateway.status;

import java.util.function.BooleanSupplier;

/**
 * Something without which this instance cannot serve.
 *
 * @param name what it is
 * @param test whether it is there; what it throws means no
 */
public record ReadyCheck(String name, BooleanSupplier test) {
  /** Whether it is there now. */
  boolean holds() {
    try {
      return test.getAsBoolean();
    } catch (RuntimeException e) {
      return false;
    }
  }
}
