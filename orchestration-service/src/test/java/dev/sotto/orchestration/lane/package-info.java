@NullMarked
package dev.sotto.orchestration.lane;

import org.jspecify.annotations.NullMarked;
