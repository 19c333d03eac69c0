/** Tests of what a role computes. */
@org.jspecify.annotations.NullMarked
package dev.sotto.node.compute;
