@NullMarked
package dev.sotto.gateway.web;

import org.jspecify.annotations.NullMarked;
