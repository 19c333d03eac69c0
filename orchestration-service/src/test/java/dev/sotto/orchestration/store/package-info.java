@NullMarked
package dev.sotto.orchestration.store;

import org.jspecify.annotations.NullMarked;
