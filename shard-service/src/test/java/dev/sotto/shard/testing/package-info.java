/** A small lane, a broker, and a caller that seals real steps. */
@org.jspecify.annotations.NullMarked
package dev.sotto.shard.testing;
