/** Tests of the launch files. */
@NullMarked
package dev.sotto.launch;

import org.jspecify.annotations.NullMarked;
