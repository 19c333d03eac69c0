/** What a job is and what may become of it. No framework, no database, no broker. */
@NullMarked
package dev.sotto.orchestration.job;

import org.jspecify.annotations.NullMarked;
