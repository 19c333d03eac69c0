/** An authorization server for tests; outside of what the gateway scans. */
@NullMarked
package dev.sotto.issuer;

import org.jspecify.annotations.NullMarked;
