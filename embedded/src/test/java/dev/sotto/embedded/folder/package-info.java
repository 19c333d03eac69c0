/** Tests. */
@NullMarked
package dev.sotto.embedded.folder;

import org.jspecify.annotations.NullMarked;
