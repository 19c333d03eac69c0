@NullMarked
package dev.sotto.gateway.jobs;

import org.jspecify.annotations.NullMarked;
