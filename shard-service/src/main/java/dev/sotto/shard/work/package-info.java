/** The node itself: its files, its place, its jobs. Knows no broker and no framework. */
@org.jspecify.annotations.NullMarked
package dev.sotto.shard.work;
