/**
 * What the command line and the supervisor of one machine's platform tell each other: where files
 * lie, what is to be started, how it is, and how it is stopped.
 */
@NullMarked
package dev.sotto.launch;

import org.jspecify.annotations.NullMarked;
