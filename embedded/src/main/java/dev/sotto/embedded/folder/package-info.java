/** What lies in the data folder before anything runs: keys, ports, manifests, settings. */
@NullMarked
package dev.sotto.embedded.folder;

import org.jspecify.annotations.NullMarked;
