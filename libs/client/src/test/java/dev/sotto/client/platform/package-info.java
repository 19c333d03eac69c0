@org.jspecify.annotations.NullMarked
package dev.sotto.client.platform;
