/** From a request to its answer: one job or several, told as a whole or as a stream. */
@NullMarked
package dev.sotto.openai.answer;

import org.jspecify.annotations.NullMarked;
