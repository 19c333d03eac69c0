@NullMarked
package dev.sotto.data;

import org.jspecify.annotations.NullMarked;
