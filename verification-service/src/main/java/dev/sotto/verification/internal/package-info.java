/** What other services of the platform ask over HTTP, with the token that they share. */
@NullMarked
package dev.sotto.verification.internal;

import org.jspecify.annotations.NullMarked;
