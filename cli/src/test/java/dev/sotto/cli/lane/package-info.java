/** Lanes of real processes. */
@org.jspecify.annotations.NullMarked
package dev.sotto.cli.lane;
