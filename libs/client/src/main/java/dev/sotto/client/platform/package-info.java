/**
 * The enclave's end of a job that a platform places and carries: seals steps to the nodes of lanes
 * whose manifests it has verified, opens their results, compares lanes before anything depends on
 * them.
 */
@NullMarked
package dev.sotto.client.platform;

import org.jspecify.annotations.NullMarked;
