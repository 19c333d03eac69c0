/** The gateway: who may ask, how much, and how. */
@NullMarked
package dev.sotto.gateway;

import org.jspecify.annotations.NullMarked;
