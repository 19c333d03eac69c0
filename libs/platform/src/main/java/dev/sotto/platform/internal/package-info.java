/** Calls between services over HTTP, which callers from outside must not be able to make. */
@NullMarked
package dev.sotto.platform.internal;

import org.jspecify.annotations.NullMarked;
