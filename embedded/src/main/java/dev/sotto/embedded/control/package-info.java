/** How the platform is, and who may ask. */
@NullMarked
package dev.sotto.embedded.control;

import org.jspecify.annotations.NullMarked;
