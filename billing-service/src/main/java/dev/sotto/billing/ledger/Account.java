package dev.sotto.billing.ledger;

/** Where amounts are. See README.md for what each holds. */
public enum Account {
  /** Where credit comes from. */
  FUNDING,
  /** What the tenant may still use. */
  CREDIT,
  /** What open jobs may cost at worst. */
  RESERVED,
  /** What the platform has earned. */
  REVENUE,
  /** What is owed to the operators of nodes. */
  OPERATOR_PAYABLE
}
