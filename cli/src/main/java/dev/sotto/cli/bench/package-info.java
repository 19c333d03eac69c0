/** What Sotto costs on this machine, each figure beside the limit that it is held against. */
@org.jspecify.annotations.NullMarked
package dev.sotto.cli.bench;
