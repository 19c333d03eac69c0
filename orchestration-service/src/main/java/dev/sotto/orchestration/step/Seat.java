package dev.sotto.orchestration.step;

import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestStage;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/**
 * One node's place in a job.
 *
 * @param laneId the lane
 * @param stage its stage
 * @param role its role
 * @param identity the node that holds it
 * @param manifestDigest of its lane
 */
public record Seat(String laneId, int stage, Role role, String identity, String manifestDigest) {
  /**
   * All places of lanes, lane by lane, stage by stage: always in the same order.
   *
   * @param lanes by their digests
   */
  public static List<Seat> of(SequencedMap<String, Manifest> lanes) {
    List<Seat> seats = new ArrayList<>();
    lanes.forEach((digest, lane) -> seats.addAll(of(lane, digest)));
    return List.copyOf(seats);
  }

  private static List<Seat> of(Manifest lane, String digest) {
    List<Seat> seats = new ArrayList<>();
    for (int stage = 0; stage < lane.stages().size(); stage++) {
      ManifestStage nodes = lane.stages().get(stage);
      for (Role role : Role.values()) {
        seats.add(new Seat(lane.laneId(), stage, role, nodes.node(role).identity(), digest));
      }
    }
    return seats;
  }

  /** Whether a result is this node's: of its place, and with its signature. */
  boolean said(PartialResult result) {
    return result.isSignedBy(identity, manifestDigest);
  }
}
