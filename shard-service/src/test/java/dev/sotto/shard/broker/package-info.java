@NullMarked
package dev.sotto.shard.broker;

import org.jspecify.annotations.NullMarked;
