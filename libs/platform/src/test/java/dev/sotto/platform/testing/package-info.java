@NullMarked
package dev.sotto.platform.testing;

import org.jspecify.annotations.NullMarked;
