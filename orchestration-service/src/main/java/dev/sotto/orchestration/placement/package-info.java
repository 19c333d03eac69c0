/** Which job is next, and where it goes. No framework. */
@NullMarked
package dev.sotto.orchestration.placement;

import org.jspecify.annotations.NullMarked;
