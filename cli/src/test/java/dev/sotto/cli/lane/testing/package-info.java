/** What tests of lanes start from: a small model, lanes in this process, ways to lie to them. */
@org.jspecify.annotations.NullMarked
package dev.sotto.cli.lane.testing;
