/** The OpenAI API on the caller's own machine: plaintext stays in this process. */
@NullMarked
package dev.sotto.sidecar;

import org.jspecify.annotations.NullMarked;
