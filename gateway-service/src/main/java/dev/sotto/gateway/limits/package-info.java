/** How much a key may ask for in a minute and at once. */
@NullMarked
package dev.sotto.gateway.limits;

import org.jspecify.annotations.NullMarked;
