/**
 * Hybrid public-key encryption between a caller and one node, and back (RFC 9180, mode base):
 * X-Wing (X25519 with ML-KEM-768) as its KEM, HKDF-SHA256, AES-256-GCM, all of Bouncy Castle.
 * Whoever carries sealed bytes learns their length and their order.
 */
@NullMarked
package dev.sotto.contracts.seal;

import org.jspecify.annotations.NullMarked;
