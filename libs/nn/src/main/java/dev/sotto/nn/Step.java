package dev.sotto.nn;

/**
 * One forward pass of a job: {@code tokens} new tokens, the first at {@code position}.
 *
 * @param serial grows by one with every step of a session; never repeats
 * @param position tokens that are already in the cache
 * @param tokens new tokens, at least 1
 */
public record Step(int serial, int position, int tokens) {}
