/**
 * Digests of vectors that lanes compare: a few bits that are alike for vectors that are close, say
 * nothing else about them, and are never opened between the evaluators.
 *
 * <p>Bit j of the digest of v in Z_2^k is the top bit of R_j·v + w_j in Z_2^k, where the row R_j of
 * random integers and the dither w_j come from a seed that nobody knew when v was fixed. It is the
 * sign of a projection that wraps (universal quantisation: Boufounos, IEEE Trans. Inf. Theory 2012,
 * sections II and III; Boufounos and Rane, DCC 2013): two vectors whose difference projects to d
 * differ in a bit with probability 2|d|/2^k while |d| is at most 2^(k−1), whatever the vectors are.
 * So distances of digests are distances of vectors as far as honest rounding goes, and say "far"
 * beyond. Nothing is assumed of v's range, and no share is extended: sums of shares wrap too.
 *
 * <p>Rows are integers of several sizes and of both parities because of the wrapping: with signs
 * alone, a change by a divisor of 2^k in two places would be invisible in most rows.
 */
@NullMarked
package dev.sotto.mpc.digest;

import org.jspecify.annotations.NullMarked;
