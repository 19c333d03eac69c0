/** Moves jobs along: takes them, places them, ends them, and writes down how far they are. */
@NullMarked
package dev.sotto.orchestration.dispatch;

import org.jspecify.annotations.NullMarked;
