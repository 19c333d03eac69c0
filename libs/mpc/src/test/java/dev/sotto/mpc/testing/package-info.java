/** Three seats in one process, for tests: real sessions over in-memory channels. */
@org.jspecify.annotations.NullMarked
package dev.sotto.mpc.testing;
