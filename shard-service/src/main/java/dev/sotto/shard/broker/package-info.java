/** The node's side of the broker: what it makes, reads, answers and announces there. */
@org.jspecify.annotations.NullMarked
package dev.sotto.shard.broker;
