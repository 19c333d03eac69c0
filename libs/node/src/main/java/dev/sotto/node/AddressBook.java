package dev.sotto.node;

import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.LaneStage;
import dev.sotto.contracts.Role;
import dev.sotto.links.IdentityKey;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where nodes listen, asked whenever a link is made. It is a hint: whoever answers must prove the
 * pinned identity, so a wrong address can only fail.
 */
@FunctionalInterface
public interface AddressBook {
  /** Where a node is to be reached; null when nobody has said so. May wait a moment for it. */
  @Nullable InetSocketAddress of(IdentityKey node);

  /** The addresses in a lane's file. */
  static AddressBook of(Lane lane) {
    Map<IdentityKey, LaneNode> places = new HashMap<>();
    for (LaneStage stage : lane.stages()) {
      for (Role role : Role.values()) {
        places.put(new IdentityKey(stage.node(role).identity()), stage.node(role));
      }
    }
    return key -> {
      LaneNode place = places.get(key);
      return place == null ? null : new InetSocketAddress(place.host(), place.port());
    };
  }
}
