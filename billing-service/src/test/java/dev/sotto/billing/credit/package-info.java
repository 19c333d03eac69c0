@NullMarked
package dev.sotto.billing.credit;

import org.jspecify.annotations.NullMarked;
