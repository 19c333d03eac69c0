@NullMarked
package dev.sotto.gateway.security;

import org.jspecify.annotations.NullMarked;
