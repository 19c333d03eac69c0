/**
 * Readers of model files: GGUF and Hugging Face folders of safetensors. Files come from strangers,
 * so every length, count and offset is bounded before it is used, and whatever is wrong ends in one
 * {@link dev.sotto.models.ModelException}.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.models.format;
