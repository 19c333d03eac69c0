/** Receipts of a caller's jobs. */
@NullMarked
package dev.sotto.gateway.receipts;

import org.jspecify.annotations.NullMarked;
