/** What a job may cost, from its reservation to its end. */
@NullMarked
package dev.sotto.billing.credit;

import org.jspecify.annotations.NullMarked;
