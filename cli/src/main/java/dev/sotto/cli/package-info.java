/**
 * The command line: one class a command, and the only place that reads the environment. It says
 * what it did on standard output and everything else on standard error.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.cli;
