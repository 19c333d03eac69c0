/** What a role computes: a stage of a model over the shared arithmetic. */
@org.jspecify.annotations.NullMarked
package dev.sotto.node.compute;
