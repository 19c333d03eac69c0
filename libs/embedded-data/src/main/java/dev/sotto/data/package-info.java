/**
 * PostgreSQL and Kafka as processes of their own, durable in a folder, on the loopback interface.
 * Each ends with the process that started it, however that one ends. Knows nothing of what is
 * stored.
 */
@NullMarked
package dev.sotto.data;

import org.jspecify.annotations.NullMarked;
