package dev.sotto.platform.event;

/** The broker did not do what was asked of it. */
public final class BrokerFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  BrokerFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
