/**
 * A node: one role of one stage. Opens its shard, listens to its peers and to callers, and runs
 * jobs.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.node;
