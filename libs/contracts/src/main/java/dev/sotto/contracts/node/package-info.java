/**
 * What nodes sign. Whoever may write to a broker may write what he likes; what a node has said is
 * what bears its signature, under the key that its lane's manifest pins.
 */
@NullMarked
package dev.sotto.contracts.node;

import org.jspecify.annotations.NullMarked;
