@NullMarked
package dev.sotto.orchestration.job;

import org.jspecify.annotations.NullMarked;
