/** Digests of redundant lanes, verdicts over them, and signed receipts. */
@NullMarked
package dev.sotto.verification;

import org.jspecify.annotations.NullMarked;
