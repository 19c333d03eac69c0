@org.jspecify.annotations.NullMarked
package dev.sotto.models.text;
