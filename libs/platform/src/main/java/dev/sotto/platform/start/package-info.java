/** How a service is started: as a process, beside others in one, or by a test. */
@NullMarked
package dev.sotto.platform.start;

import org.jspecify.annotations.NullMarked;
