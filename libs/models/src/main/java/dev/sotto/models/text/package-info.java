/**
 * A model's words: tokenizers through Hugging Face's library, chat templates through Jinja, and the
 * public part of a model that an enclave needs. Prompts and answers pass through here, so nothing
 * here logs or quotes them.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.models.text;
