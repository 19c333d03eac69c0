/**
 * What a model answers, as its publisher computed it in the clear: what audits hold lanes against.
 */
@NullMarked
package dev.sotto.contracts.audit;

import org.jspecify.annotations.NullMarked;
