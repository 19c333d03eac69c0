/**
 * What the platform's services share: transactions that name their tenant, events told and taken
 * exactly once in effect, topics with their settings, and how a service starts. A service imports
 * {@link dev.sotto.platform.PlatformConfiguration}. Knows nothing of what any service does.
 */
@NullMarked
package dev.sotto.platform;

import org.jspecify.annotations.NullMarked;
