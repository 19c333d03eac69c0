/**
 * Known-answer audits: real jobs of this service's own, of shapes that callers' have, through the
 * same gateway, held against what the model answers in the clear. Reputation comes from them and
 * from nothing else. Audits find a liar at the rate at which they are run, no better.
 */
@NullMarked
package dev.sotto.verification.audit;

import org.jspecify.annotations.NullMarked;
