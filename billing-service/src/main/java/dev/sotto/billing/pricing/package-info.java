/** Price books: versions of what a token costs. */
@NullMarked
package dev.sotto.billing.pricing;

import org.jspecify.annotations.NullMarked;
