package dev.sotto.verification.audit;

import dev.sotto.contracts.manifest.Manifest;

/**
 * What an audit says of one lane.
 *
 * @param lane who
 * @param manifestDigest SHA-256 of its manifest, 64 hexadecimal digits
 * @param steps answered steps that were held against the book
 * @param passed whether all of them were right
 */
record LaneFinding(Manifest lane, String manifestDigest, int steps, boolean passed) {}
