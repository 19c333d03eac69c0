/**
 * Events, told and taken. Telling writes a row in the transaction of the cause; one relay a schema
 * publishes rows in order and deletes what the broker has acknowledged. Taking notes the event's id
 * in the transaction of the effect. So an event is published at least once, in the order of its
 * key, and has its effect once.
 */
@NullMarked
package dev.sotto.platform.event;

import org.jspecify.annotations.NullMarked;
