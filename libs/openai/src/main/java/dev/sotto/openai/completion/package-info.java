/** Completions of raw text. */
@NullMarked
package dev.sotto.openai.completion;

import org.jspecify.annotations.NullMarked;
