/** Requests as they come: read with bounds, every field looked at by name. */
@NullMarked
package dev.sotto.openai.json;

import org.jspecify.annotations.NullMarked;
