/** Looking for secrets where they must not be: in memory and files of processes. For tests. */
@NullMarked
package dev.sotto.scan;

import org.jspecify.annotations.NullMarked;
