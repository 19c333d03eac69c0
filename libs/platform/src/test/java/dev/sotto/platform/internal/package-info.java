@NullMarked
package dev.sotto.platform.internal;

import org.jspecify.annotations.NullMarked;
