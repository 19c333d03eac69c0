package dev.sotto.orchestration.lane;

import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.SignedManifest;

/**
 * A lane as it is known here.
 *
 * @param digest of its manifest
 * @param signed the manifest with its signatures
 * @param manifest what was signed
 * @param state what it is good for
 * @param context longest prompt and answer together that all its nodes serve, in tokens; 0 while
 *     some of them have never been heard of
 * @param slots jobs at once that all its nodes take; likewise
 */
public record LaneView(
    String digest,
    SignedManifest signed,
    Manifest manifest,
    LaneState state,
    int context,
    int slots) {}
