/** The administration API of a tenant, in OpenAI's shape. */
@NullMarked
package dev.sotto.gateway.organization;

import org.jspecify.annotations.NullMarked;
