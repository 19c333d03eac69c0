/** kill -9 of everything, at every state of a job: what callers get, and what the books say. */
@NullMarked
package dev.sotto.embedded.chaos;

import org.jspecify.annotations.NullMarked;
