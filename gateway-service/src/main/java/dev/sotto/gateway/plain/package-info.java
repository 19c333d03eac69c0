/**
 * The enclave of callers who have nothing but an HTTPS client. Their prompts and answers exist here
 * in plain form, in memory, for as long as they are answered, and ten minutes longer where a client
 * may repeat its request; never on a disk, in a table, an event or a log.
 */
@NullMarked
package dev.sotto.gateway.plain;

import org.jspecify.annotations.NullMarked;
