/**
 * The enclave: the only place where a prompt, logits and an answer exist in plain form. It chooses
 * tokens from opened logits and turns them into text.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.client;
