/** What is kept in the database: jobs, lanes, nodes, revocations. */
@NullMarked
package dev.sotto.orchestration.store;

import org.jspecify.annotations.NullMarked;
