/** Errors as OpenAI's clients know them: four keys, one shape, every status. */
@NullMarked
package dev.sotto.gateway.errors;

import org.jspecify.annotations.NullMarked;
