package dev.sotto.cli.bench;

/**
 * A figure that the bench can measure.
 *
 * @param name dotted, stable
 * @param about one line for a person: what is measured and what its limit is
 */
public record Entry(String name, String about) {}
