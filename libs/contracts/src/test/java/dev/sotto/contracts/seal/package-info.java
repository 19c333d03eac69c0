@org.jspecify.annotations.NullMarked
package dev.sotto.contracts.seal;
