@NullMarked
package dev.sotto.orchestration.step;

import org.jspecify.annotations.NullMarked;
