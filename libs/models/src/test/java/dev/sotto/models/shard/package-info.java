/** Tests of cutting and reading shards, on models that are made up as they are read. */
@org.jspecify.annotations.NullMarked
package dev.sotto.models.shard;
