package dev.sotto.billing.internal;

/** A request that cannot be answered: names the parameter, the rule and the way out. */
public final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String param;

  /** A parameter, and what it must be. */
  public BadRequest(String param, String rule) {
    super("'" + param + "' " + rule);
    this.param = param;
  }

  /** Which parameter. */
  public String param() {
    return param;
  }
}
