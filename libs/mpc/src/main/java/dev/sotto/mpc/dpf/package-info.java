/**
 * Distributed point functions: two short keys whose expansions are shares of a vector that is one
 * at a secret position and zero elsewhere.
 *
 * <p>Construction: the binary tree of Boyle, Gilboa and Ishai, <i>Function Secret Sharing:
 * Improvements and Extensions</i> (CCS 2016), section 3. Off the path to the point both parties
 * hold the same seed and the same control bit, on it different seeds and opposite bits; a
 * correction word a level keeps it so. A node is expanded by AES-128 under three fixed, public keys
 * in Matyas–Meyer–Oseas form, E_K(s) ⊕ s. The feed-forward is not decoration: E_K alone can be
 * inverted by anyone, and a party that inverts a leaf learns where the other's seeds must lie.
 *
 * <p>Claim: one key alone is computationally independent of the point, if s ↦ E_K(s) ⊕ s is a
 * correlation-robust hash for the three keys. Two keys together give the point. A key is used for
 * one point. Nothing proves to an evaluator that a key was made honestly: a wrong key expands to
 * shares of an arbitrary vector.
 *
 * <p>No evaluation branches on, or indexes by, a secret.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.mpc.dpf;
