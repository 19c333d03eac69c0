package dev.sotto.orchestration.lane;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.NodeAnnounced.State;

/**
 * A node as it is known here.
 *
 * @param identity its key
 * @param operator who runs it
 * @param lane digest of its lane's manifest
 * @param stage its stage
 * @param role its role
 * @param host where it says that peers reach it
 * @param port likewise
 * @param vocab of the model
 * @param context longest prompt and answer together, in tokens
 * @param slots jobs at once
 * @param state what it said last
 * @param startedAt when its process began, by its own clock; milliseconds of the epoch
 * @param heard whether it has been heard of lately, by this side's clock
 * @param revoked whether it may no longer be used
 */
public record NodeView(
    String identity,
    String operator,
    String lane,
    int stage,
    Role role,
    String host,
    int port,
    int vocab,
    int context,
    int slots,
    State state,
    long startedAt,
    boolean heard,
    boolean revoked) {
  static NodeView of(NodeAnnounced said, String lane, boolean heard, boolean revoked) {
    return new NodeView(
        said.identity(),
        said.operator(),
        lane,
        said.stage(),
        said.role(),
        said.host(),
        said.port(),
        said.vocab(),
        said.context(),
        said.slots(),
        said.state(),
        said.startedAt(),
        heard,
        revoked);
  }

  NodeView with(boolean nowHeard, boolean nowRevoked) {
    return new NodeView(
        identity,
        operator,
        lane,
        stage,
        role,
        host,
        port,
        vocab,
        context,
        slots,
        state,
        startedAt,
        nowHeard,
        nowRevoked);
  }

  /** Whether it runs jobs. */
  public boolean alive() {
    return heard && !revoked && state != State.STOPPED;
  }
}
