@NullMarked
package dev.sotto.gateway.keys;

import org.jspecify.annotations.NullMarked;
