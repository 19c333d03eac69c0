/**
 * What the gateway asks other services of the platform for, in the name of a caller that it knows.
 */
@NullMarked
package dev.sotto.gateway.services;

import org.jspecify.annotations.NullMarked;
