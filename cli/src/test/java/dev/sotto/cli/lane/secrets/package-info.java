@org.jspecify.annotations.NullMarked
package dev.sotto.cli.lane.secrets;
