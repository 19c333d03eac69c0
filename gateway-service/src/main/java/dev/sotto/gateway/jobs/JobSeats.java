package dev.sotto.gateway.jobs;

import dev.sotto.client.platform.Placement;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.SignedManifest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * The nodes of a job's lanes, by the keys of the lanes' manifests: whose word a result is. Whether
 * the manifests are to be believed was decided where the job was placed, and is by its caller.
 */
final class JobSeats {
  private final Map<Place, Holder> holders = new HashMap<>();

  private record Place(String lane, int stage, Role role) {}

  private record Holder(String identity, String manifestDigest) {}

  JobSeats(Placement placement) {
    for (SignedManifest signed : placement.lanes()) {
      Manifest lane = Manifest.decode(Base64.getDecoder().decode(signed.manifest()));
      for (int stage = 0; stage < lane.stages().size(); stage++) {
        for (Role role : Role.values()) {
          holders.put(
              new Place(lane.laneId(), stage, role),
              new Holder(lane.stages().get(stage).node(role).identity(), signed.digest()));
        }
      }
    }
  }

  /** Whether a result is signed by the node that has its place in the job. */
  boolean said(PartialResult result) {
    Holder holder = holders.get(new Place(result.laneId(), result.stage(), result.role()));
    return holder != null && result.isSignedBy(holder.identity(), holder.manifestDigest());
  }
}
