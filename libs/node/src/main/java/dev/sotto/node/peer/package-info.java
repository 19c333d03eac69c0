/**
 * How the roles of a job meet: greetings over pooled links, session keys, and the channels that
 * protocols use.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.node.peer;
