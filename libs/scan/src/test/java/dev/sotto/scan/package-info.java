/** That the scan finds what is there. */
@NullMarked
package dev.sotto.scan;

import org.jspecify.annotations.NullMarked;
