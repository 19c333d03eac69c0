/** The OpenAI API over an enclave: what the gateway and the sidecar both speak. */
@NullMarked
package dev.sotto.openai;

import org.jspecify.annotations.NullMarked;
