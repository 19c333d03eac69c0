/** Jobs from the request to the last result: what the gateway knows of them, and waits for. */
@NullMarked
package dev.sotto.gateway.jobs;

import org.jspecify.annotations.NullMarked;
