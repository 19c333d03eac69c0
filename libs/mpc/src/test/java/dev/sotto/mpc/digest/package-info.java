@org.jspecify.annotations.NullMarked
package dev.sotto.mpc.digest;
