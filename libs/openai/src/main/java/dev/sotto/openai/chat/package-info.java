/** Chat completions. */
@NullMarked
package dev.sotto.openai.chat;

import org.jspecify.annotations.NullMarked;
