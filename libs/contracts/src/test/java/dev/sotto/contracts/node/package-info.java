@NullMarked
package dev.sotto.contracts.node;

import org.jspecify.annotations.NullMarked;
