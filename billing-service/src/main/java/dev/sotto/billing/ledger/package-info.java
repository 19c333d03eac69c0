/**
 * A double-entry ledger; what must hold is in README.md beside this file. Pure: knows no database.
 */
@NullMarked
package dev.sotto.billing.ledger;

import org.jspecify.annotations.NullMarked;
