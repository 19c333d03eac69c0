/**
 * What was done for a job, by whom, and whether lanes agreed, signed by a verification service:
 * checked offline against its pinned key. No content, and nobody's name but nodes' and operators'.
 */
@NullMarked
package dev.sotto.contracts.receipt;

import org.jspecify.annotations.NullMarked;
