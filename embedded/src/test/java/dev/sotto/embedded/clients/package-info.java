/** Callers of the platform that we did not write, unmodified: only base URL and key are ours. */
@NullMarked
package dev.sotto.embedded.clients;

import org.jspecify.annotations.NullMarked;
