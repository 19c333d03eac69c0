/** What went wrong, in the shape that clients of the OpenAI API know. */
@NullMarked
package dev.sotto.openai.error;

import org.jspecify.annotations.NullMarked;
