/** Where postings are written, with the balances that are kept to be locked. */
@NullMarked
package dev.sotto.billing.journal;

import org.jspecify.annotations.NullMarked;
