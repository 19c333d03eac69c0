/** The basic operations: one protocol a file, with its claim and its argument. */
@org.jspecify.annotations.NullMarked
package dev.sotto.mpc.protocol;
