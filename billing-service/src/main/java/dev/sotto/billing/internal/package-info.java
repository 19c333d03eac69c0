/** What other services and operators may ask, over HTTP with the internal token. */
@NullMarked
package dev.sotto.billing.internal;

import org.jspecify.annotations.NullMarked;
