/** What the gateway refuses before, beside or behind the API's own controllers, in its shape. */
@NullMarked
package dev.sotto.gateway.errors;

import org.jspecify.annotations.NullMarked;
