/** What tests of nodes start from. */
@org.jspecify.annotations.NullMarked
package dev.sotto.node.testing;
