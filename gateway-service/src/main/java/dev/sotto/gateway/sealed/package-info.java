/** The sealed API: for enclaves on the caller's side, which send and get sealed shares only. */
@NullMarked
package dev.sotto.gateway.sealed;

import org.jspecify.annotations.NullMarked;
