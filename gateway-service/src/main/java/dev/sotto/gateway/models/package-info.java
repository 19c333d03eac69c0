/** Which models are served, from their public parts. */
@NullMarked
package dev.sotto.gateway.models;

import org.jspecify.annotations.NullMarked;
