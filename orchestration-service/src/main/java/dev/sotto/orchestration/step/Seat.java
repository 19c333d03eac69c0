package dev.sotto.orchestration.step;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestStage;
import java.util.ArrayList;
import java.util.List;

/**
 * One node's place in a job.
 *
 * @param laneId the lane
 * @param stage its stage
 * @param role its role
 * @param identity the node that holds it
 */
public record Seat(String laneId, int stage, Role role, String identity) {
  /** All places of lanes, lane by lane, stage by stage: always in the same order. */
  public static List<Seat> of(List<Manifest> lanes) {
    List<Seat> seats = new ArrayList<>();
    for (Manifest lane : lanes) {
      for (int stage = 0; stage < lane.stages().size(); stage++) {
        ManifestStage nodes = lane.stages().get(stage);
        for (Role role : Role.values()) {
          seats.add(new Seat(lane.laneId(), stage, role, nodes.node(role).identity()));
        }
      }
    }
    return List.copyOf(seats);
  }
}
