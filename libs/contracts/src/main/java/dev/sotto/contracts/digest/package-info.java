/**
 * What is digested of an answered step, and by how much two lanes may honestly differ: what nodes,
 * enclaves and whoever compares must agree on.
 */
@NullMarked
package dev.sotto.contracts.digest;

import org.jspecify.annotations.NullMarked;
