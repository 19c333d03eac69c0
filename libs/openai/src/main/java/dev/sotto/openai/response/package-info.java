/** The stateless part of the responses API. */
@NullMarked
package dev.sotto.openai.response;

import org.jspecify.annotations.NullMarked;
