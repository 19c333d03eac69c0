/** Processes that are started, watched, started again and ended. */
@NullMarked
package dev.sotto.embedded.process;

import org.jspecify.annotations.NullMarked;
