@NullMarked
package dev.sotto.billing.invoice;

import org.jspecify.annotations.NullMarked;
