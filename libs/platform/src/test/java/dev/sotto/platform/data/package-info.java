@NullMarked
package dev.sotto.platform.data;

import org.jspecify.annotations.NullMarked;
