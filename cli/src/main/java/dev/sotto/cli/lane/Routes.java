package dev.sotto.cli.lane;

import dev.sotto.contracts.Lane;
import java.io.IOException;

/** Where each node of a lane is told that the others listen; who they are stays as it is. */
@FunctionalInterface
public interface Routes {
  /** Where they do listen. */
  Routes DIRECT = (viewer, lane) -> lane;

  /**
   * The lane as {@code viewer} finds it.
   *
   * @param viewer the identity of a node, or another name for somebody outside of the lane
   */
  Lane from(String viewer, Lane lane) throws IOException;
}
