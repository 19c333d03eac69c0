/** A job's steps between its caller and its nodes: what is due, and what is done. No framework. */
@NullMarked
package dev.sotto.orchestration.step;

import org.jspecify.annotations.NullMarked;
