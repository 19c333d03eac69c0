/**
 * One PostgreSQL and one Kafka for all tests of a JVM: in containers where an engine has the images
 * of {@code docker/build}, else as processes of this machine. A line on standard output says which.
 * For tests only.
 */
@NullMarked
package dev.sotto.disposable;

import org.jspecify.annotations.NullMarked;
