/** Invoices over what was used: drafted, numbered without gaps, closed. */
@NullMarked
package dev.sotto.billing.invoice;

import org.jspecify.annotations.NullMarked;
