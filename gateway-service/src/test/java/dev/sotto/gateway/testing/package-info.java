@NullMarked
package dev.sotto.gateway.testing;

import org.jspecify.annotations.NullMarked;
