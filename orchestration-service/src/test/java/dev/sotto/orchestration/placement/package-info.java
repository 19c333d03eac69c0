@NullMarked
package dev.sotto.orchestration.placement;

import org.jspecify.annotations.NullMarked;
