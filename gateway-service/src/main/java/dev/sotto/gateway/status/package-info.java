/** Whether this instance can serve, and what its API is. */
@NullMarked
package dev.sotto.gateway.status;

import org.jspecify.annotations.NullMarked;
