/** From a job's placement, digests and end to its signed receipt, each step once in effect. */
@NullMarked
package dev.sotto.verification.receipt;

import org.jspecify.annotations.NullMarked;
