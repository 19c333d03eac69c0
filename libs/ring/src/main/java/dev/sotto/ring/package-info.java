/**
 * Words and kernels over Z_2^64: masks, packing, matrix products, look-up sums, and the AES stream
 * that expands a seed into words. Knows no parties.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.ring;
