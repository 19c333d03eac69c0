/**
 * Model files, configurations, tokenizers and chat templates, and how a model is cut into shards.
 * Knows no network of parties.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.models;
