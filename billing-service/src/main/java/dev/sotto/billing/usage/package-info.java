/** What was used and what it cost, in OpenAI's shape. */
@NullMarked
package dev.sotto.billing.usage;

import org.jspecify.annotations.NullMarked;
