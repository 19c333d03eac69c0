@NullMarked
package dev.sotto.billing.pricing;

import org.jspecify.annotations.NullMarked;
