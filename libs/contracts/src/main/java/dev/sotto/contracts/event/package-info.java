/**
 * What services tell each other over the broker: types, versions, topics. All of it is public or
 * sealed; no event has a field for content. An event is a fact with an id of its own; consumers
 * take each id once.
 */
@NullMarked
package dev.sotto.contracts.event;

import org.jspecify.annotations.NullMarked;
