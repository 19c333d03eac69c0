@NullMarked
package dev.sotto.billing.usage;

import org.jspecify.annotations.NullMarked;
