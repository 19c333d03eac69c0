package dev.sotto.billing.ledger;

/**
 * An amount on an account.
 *
 * @param account which
 * @param amount micro-units; positive raises what the account holds, never 0
 */
public record Entry(Account account, long amount) {
  /** IllegalArgumentException for an amount of nothing. */
  public Entry {
    if (amount == 0) {
      throw new IllegalArgumentException("An entry has an amount");
    }
  }

  Entry negated() {
    return new Entry(account, Math.negateExact(amount));
  }
}
