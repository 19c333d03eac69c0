/** Mutually authenticated, framed, counted links between processes. Knows no protocol. */
@org.jspecify.annotations.NullMarked
package dev.sotto.links;
