/**
 * Whether lanes agree, from padded digests alone: distances between lanes have no pad in them, and
 * nothing else is looked at. Knows no database and no framework.
 */
@NullMarked
package dev.sotto.verification.verdict;

import org.jspecify.annotations.NullMarked;
