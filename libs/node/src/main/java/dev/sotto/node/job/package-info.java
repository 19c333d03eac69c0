/** One job at one role: its steps, in order, each once. */
@org.jspecify.annotations.NullMarked
package dev.sotto.node.job;
