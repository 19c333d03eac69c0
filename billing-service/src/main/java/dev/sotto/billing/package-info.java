/** Reserve, settle, release: an append-only double-entry ledger. */
@NullMarked
package dev.sotto.billing;

import org.jspecify.annotations.NullMarked;
