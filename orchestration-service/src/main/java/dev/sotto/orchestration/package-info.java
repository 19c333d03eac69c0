/** Jobs, lanes and nodes: who computes what, when. */
@NullMarked
package dev.sotto.orchestration;

import org.jspecify.annotations.NullMarked;
