/** Tests. */
@NullMarked
package dev.sotto.embedded.process;

import org.jspecify.annotations.NullMarked;
