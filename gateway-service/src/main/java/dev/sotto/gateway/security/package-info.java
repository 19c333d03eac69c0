/** Who calls: keys, operators' tokens, and what each may do. */
@NullMarked
package dev.sotto.gateway.security;

import org.jspecify.annotations.NullMarked;
