@NullMarked
package dev.sotto.orchestration;

import org.jspecify.annotations.NullMarked;
