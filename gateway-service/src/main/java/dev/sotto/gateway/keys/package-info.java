/** Tenants, projects and the keys that callers show. */
@NullMarked
package dev.sotto.gateway.keys;

import org.jspecify.annotations.NullMarked;
