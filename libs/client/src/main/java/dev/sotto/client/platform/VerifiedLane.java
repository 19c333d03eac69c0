package dev.sotto.client.platform;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.TrustRoots;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A lane whose manifest the enclave's own roots vouch for, for the model that the enclave uses.
 *
 * @param manifest what it is
 * @param digest SHA-256 of the signed bytes, 64 hexadecimal digits
 */
record VerifiedLane(Manifest manifest, String digest) {
  /**
   * The lanes of a placement, if all of it is what was asked for: as many lanes as the protection
   * takes, each signed, for this model, tokenizer and template, and no two with an operator, a node
   * or a name in common. Otherwise {@link LaneDistrusted}, with the first thing that is wrong.
   */
  static List<VerifiedLane> of(
      Placement placement, JobRequest request, TrustRoots roots, ModelPin model, Instant now) {
    if (!placement.jobId().equals(request.jobId())) {
      throw LaneDistrusted.placement("it was placed for another job");
    }
    if (placement.protection() != request.protection()) {
      throw LaneDistrusted.placement(
          "it has protection %s where %s was asked for"
              .formatted(placement.protection(), request.protection()));
    }
    if (placement.lanes().size() != request.protection().lanes()) {
      throw LaneDistrusted.placement(
          "protection %s takes %d lanes, there are %d"
              .formatted(
                  request.protection(), request.protection().lanes(), placement.lanes().size()));
    }
    List<VerifiedLane> lanes = new ArrayList<>();
    for (SignedManifest signed : placement.lanes()) {
      lanes.add(verified(signed, roots, model, now));
    }
    separate(lanes);
    return lanes;
  }

  private static VerifiedLane verified(
      SignedManifest signed, TrustRoots roots, ModelPin model, Instant now) {
    Manifest manifest;
    try {
      manifest = signed.verified(roots, now);
    } catch (BadMessage e) {
      throw LaneDistrusted.placement(String.valueOf(e.getMessage()));
    }
    same("model", manifest.modelDigest(), model.modelDigest());
    same("tokenizer", manifest.tokenizerDigest(), model.tokenizerDigest());
    same("chat template", manifest.templateDigest(), model.templateDigest());
    return new VerifiedLane(manifest, signed.digest());
  }

  private static void same(String what, String signed, String own) {
    if (!signed.equals(own)) {
      throw LaneDistrusted.placement(
          "it was signed for another %s than the one in use here".formatted(what));
    }
  }

  private static void separate(List<VerifiedLane> lanes) {
    Set<String> names = new HashSet<>();
    Set<String> operators = new HashSet<>();
    Set<String> nodes = new HashSet<>();
    for (VerifiedLane lane : lanes) {
      if (!names.add(lane.manifest.laneId())) {
        throw LaneDistrusted.placement("two lanes have one name");
      }
      for (String operator : lane.manifest.operators()) {
        if (!operators.add(operator)) {
          throw LaneDistrusted.placement("operator " + operator + " runs nodes of two lanes");
        }
      }
      Set<String> own = new HashSet<>();
      for (ManifestStage stage : lane.manifest.stages()) {
        for (Role role : Role.values()) {
          ManifestNode node = stage.node(role);
          own.add(node.identity());
          if (!nodes.add(node.sealKey())) {
            throw LaneDistrusted.placement("two of its nodes have one key for seals");
          }
        }
      }
      for (String identity : own) {
        if (!nodes.add(identity)) {
          throw LaneDistrusted.placement("one node serves two lanes");
        }
      }
    }
  }
}
