/**
 * PostgreSQL and Kafka as processes of their own: durable in a folder, or thrown away after a test.
 */
@NullMarked
package dev.sotto.embedded.data;

import org.jspecify.annotations.NullMarked;
