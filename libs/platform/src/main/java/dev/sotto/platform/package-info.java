/** What services share, and nothing of any one of them: outbox, inbox, topics, tenancy. */
@NullMarked
package dev.sotto.platform;

import org.jspecify.annotations.NullMarked;
