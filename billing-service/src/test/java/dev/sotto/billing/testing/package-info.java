@NullMarked
package dev.sotto.billing.testing;

import org.jspecify.annotations.NullMarked;
