package dev.sotto.billing.ledger;

/** The kinds of transactions; there are no others. */
public enum Template {
  /** Credit is given or bought. */
  GRANT,
  /** A job's worst cost is set aside. */
  RESERVE,
  /** A job's cost is taken from what was set aside, the rest is given back. */
  SETTLE,
  /** What was set aside is given back. */
  RELEASE,
  /** What was set aside is given back because no end came. */
  EXPIRE,
  /** An earlier transaction is undone. */
  REVERSE
}
