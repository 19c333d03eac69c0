/** Topics: events, announcements, steps, results, and the nodes' own. */
@NullMarked
package dev.sotto.orchestration.broker;

import org.jspecify.annotations.NullMarked;
