/**
 * Three roles and what they do with shares: sessions, streams, openings, secret matrices. The
 * protocols are in {@code protocol}, functions built from them in {@code function}, point functions
 * in {@code dpf}. Knows no models.
 *
 * <p>The scheme is masked evaluation with a dealer (Turbospeedz; ABY2.0; Orca and SIGMA, PoPETs
 * 2024): a wire's value x is hidden by a mask λ = λ0 + λ1 that the dealer knows and of which each
 * evaluator knows one summand; both evaluators know m = x + λ.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.mpc;
