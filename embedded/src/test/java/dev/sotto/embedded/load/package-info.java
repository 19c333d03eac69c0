/** Many callers at once, of several tenants. */
@NullMarked
package dev.sotto.embedded.load;

import org.jspecify.annotations.NullMarked;
