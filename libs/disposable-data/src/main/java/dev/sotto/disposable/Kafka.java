package dev.sotto.disposable;

/**
 * A Kafka for tests.
 *
 * @param bootstrap where clients find it: host and port
 */
public record Kafka(String bootstrap) {}
