/** Nodes, the lanes that they make up, and which of them may be believed. No framework. */
@NullMarked
package dev.sotto.orchestration.lane;

import org.jspecify.annotations.NullMarked;
