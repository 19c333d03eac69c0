/**
 * Layers of a transformer, written over {@link dev.sotto.nn.Arithmetic}; the clear arithmetic is
 * the oracle. Knows no cryptography.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.nn;
