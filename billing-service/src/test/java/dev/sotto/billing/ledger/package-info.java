@NullMarked
package dev.sotto.billing.ledger;

import org.jspecify.annotations.NullMarked;
