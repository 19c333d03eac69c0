/** A lane on this machine: one process for each role of each stage. */
@org.jspecify.annotations.NullMarked
package dev.sotto.cli.lane;
