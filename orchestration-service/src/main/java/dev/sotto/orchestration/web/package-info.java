/** What the operator of the platform may see and do, on a port of its own. */
@NullMarked
package dev.sotto.orchestration.web;

import org.jspecify.annotations.NullMarked;
