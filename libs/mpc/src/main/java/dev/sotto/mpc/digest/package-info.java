/**
 * Digests of vectors that lanes compare: a few bits that are alike for vectors that are close, say
 * nothing else about them, and are never opened between the evaluators.
 *
 * <p>Bit r of the digest of v in Z_2^k is the top bit of (R_r·v + w_r) mod 2^p, where the row R_r
 * of random signs and the dither w_r come from a seed that nobody knew when v was fixed. It is the
 * sign of a projection that wraps (universal quantisation: Boufounos, IEEE Trans. Inf. Theory 2012,
 * sections II and III; Boufounos and Rane, DCC 2013): two vectors whose difference projects to d
 * differ in a bit with probability 2|d|/2^p as long as |d| is at most half the period 2^p, whatever
 * the vectors are; so distances of digests are distances of vectors as far as honest rounding goes,
 * and say "far" beyond. Nothing is assumed of v's range: sums of shares wrap too.
 */
@NullMarked
package dev.sotto.mpc.digest;

import org.jspecify.annotations.NullMarked;
