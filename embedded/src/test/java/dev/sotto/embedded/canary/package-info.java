/** That the platform sees nothing of what is said through it. */
@NullMarked
package dev.sotto.embedded.canary;

import org.jspecify.annotations.NullMarked;
