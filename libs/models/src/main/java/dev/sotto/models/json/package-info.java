/**
 * Strangers' JSON, read strictly: bounded sizes, no field twice, one kind of error that names file
 * and field.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.models.json;
