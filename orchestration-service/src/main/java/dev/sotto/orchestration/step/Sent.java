package dev.sotto.orchestration.step;

import dev.sotto.contracts.NodeStep;

/**
 * One node's part of a step, on its way.
 *
 * @param identity the node
 * @param step what it gets
 */
public record Sent(String identity, NodeStep step) {}
