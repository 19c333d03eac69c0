@NullMarked
package dev.sotto.gateway.limits;

import org.jspecify.annotations.NullMarked;
