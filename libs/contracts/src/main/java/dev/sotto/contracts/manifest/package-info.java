/**
 * What a lane is, signed by the publisher of its model and by all its operators. Callers and nodes
 * pin those keys: nothing that a platform says chooses keys, peers or recipients. Addresses are not
 * part of it, for they identify nobody.
 */
@NullMarked
package dev.sotto.contracts.manifest;

import org.jspecify.annotations.NullMarked;
