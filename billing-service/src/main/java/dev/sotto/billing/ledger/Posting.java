package dev.sotto.billing.ledger;

import static dev.sotto.billing.ledger.Account.CREDIT;
import static dev.sotto.billing.ledger.Account.FUNDING;
import static dev.sotto.billing.ledger.Account.OPERATOR_PAYABLE;
import static dev.sotto.billing.ledger.Account.RESERVED;
import static dev.sotto.billing.ledger.Account.REVENUE;

import java.util.ArrayList;
import java.util.List;

/**
 * What one transaction does; made by one of the templates, so it balances. Amounts are micro-units.
 *
 * @param template its kind
 * @param entries what moves; none when nothing does
 */
public record Posting(Template template, List<Entry> entries) {
  private static final long WHOLE = 10_000;

  /** IllegalArgumentException when the entries do not add up to nothing. */
  public Posting {
    entries = List.copyOf(entries);
    long sum = 0;
    for (Entry entry : entries) {
      sum = Math.addExact(sum, entry.amount());
    }
    if (sum != 0) {
      throw new IllegalArgumentException("The entries of a posting add up to nothing");
    }
  }

  /** Credit for a tenant. */
  public static Posting grant(long amount) {
    notNegative("A grant", amount);
    return of(Template.GRANT, FUNDING, -amount, CREDIT, amount);
  }

  /** A job's worst cost is set aside. */
  public static Posting reserve(long cost) {
    notNegative("A reservation", cost);
    return of(Template.RESERVE, CREDIT, -cost, RESERVED, cost);
  }

  /**
   * A job's cost is taken, the rest given back.
   *
   * @param reserved what was set aside
   * @param cost at most as much
   * @param operatorShare what operators get of the cost, in ten-thousandths; rounded down
   */
  public static Posting settle(long reserved, long cost, int operatorShare) {
    notNegative("A cost", cost);
    if (cost > reserved) {
      throw new IllegalArgumentException("A settlement takes at most what was reserved");
    }
    if (operatorShare < 0 || operatorShare > WHOLE) {
      throw new IllegalArgumentException("A share is from 0 to 10000 ten-thousandths");
    }
    // Split so that no product overflows.
    long share = cost / WHOLE * operatorShare + cost % WHOLE * operatorShare / WHOLE;
    return of(
        Template.SETTLE,
        RESERVED,
        -reserved,
        CREDIT,
        reserved - cost,
        REVENUE,
        cost - share,
        OPERATOR_PAYABLE,
        share);
  }

  /** What was set aside is given back. */
  public static Posting release(long reserved) {
    notNegative("A reservation", reserved);
    return of(Template.RELEASE, RESERVED, -reserved, CREDIT, reserved);
  }

  /** What was set aside is given back because no end came. */
  public static Posting expire(long reserved) {
    notNegative("A reservation", reserved);
    return of(Template.EXPIRE, RESERVED, -reserved, CREDIT, reserved);
  }

  /** A settlement or grant is undone. */
  public static Posting reverse(Posting wrong) {
    if (wrong.template() != Template.SETTLE && wrong.template() != Template.GRANT) {
      throw new IllegalArgumentException("Only settlements and grants are reversed");
    }
    return new Posting(Template.REVERSE, wrong.entries().stream().map(Entry::negated).toList());
  }

  /** How much the posting raises an account. */
  public long on(Account account) {
    return entries.stream()
        .filter(entry -> entry.account() == account)
        .mapToLong(Entry::amount)
        .sum();
  }

  private static void notNegative(String what, long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException(what + " is not negative");
    }
  }

  private static Posting of(Template template, Object... accountsAndAmounts) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < accountsAndAmounts.length; i += 2) {
      long amount = (Long) accountsAndAmounts[i + 1];
      if (amount != 0) {
        entries.add(new Entry((Account) accountsAndAmounts[i], amount));
      }
    }
    return new Posting(template, entries);
  }
}
