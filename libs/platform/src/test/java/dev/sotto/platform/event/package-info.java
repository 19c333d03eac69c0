@NullMarked
package dev.sotto.platform.event;

import org.jspecify.annotations.NullMarked;
