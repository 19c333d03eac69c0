/** The platform as a user starts it. */
@NullMarked
package dev.sotto.embedded.testing;

import org.jspecify.annotations.NullMarked;
