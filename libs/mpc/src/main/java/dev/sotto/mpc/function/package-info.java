/** Functions of a transformer composed from the basic operations, with their domains and errors. */
@org.jspecify.annotations.NullMarked
package dev.sotto.mpc.function;
