/** Everything on one machine: a supervisor, and the processes that it starts and restarts. */
@NullMarked
package dev.sotto.embedded;

import org.jspecify.annotations.NullMarked;
