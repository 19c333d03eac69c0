/** Reserve before compute, settle or release after: what is used, what it costs, who owes it. */
@NullMarked
package dev.sotto.billing;

import org.jspecify.annotations.NullMarked;
