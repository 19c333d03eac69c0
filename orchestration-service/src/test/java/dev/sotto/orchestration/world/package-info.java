/** A platform around the orchestration, played by scripts on the real topics. */
@NullMarked
package dev.sotto.orchestration.world;

import org.jspecify.annotations.NullMarked;
