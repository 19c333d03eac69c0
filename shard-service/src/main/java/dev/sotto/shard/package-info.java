/**
 * A node: one role of one stage, led over the broker, computing with its peers over direct links.
 */
@NullMarked
package dev.sotto.shard;

import org.jspecify.annotations.NullMarked;
