/** Which models there are. */
@NullMarked
package dev.sotto.openai.model;

import org.jspecify.annotations.NullMarked;
