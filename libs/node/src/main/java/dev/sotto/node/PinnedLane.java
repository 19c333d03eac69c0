package dev.sotto.node;

import dev.sotto.contracts.Lane;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.links.IdentityKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whom a node works with: nothing that is said later changes it.
 *
 * @param laneId the lane's name
 * @param modelDigest the model, SHA-256 as 64 hexadecimal digits
 * @param digest the lane's full name, which callers must mean, likewise
 * @param expiresAt after this it takes no job; milliseconds of the epoch
 * @param stages who computes them
 */
public record PinnedLane(
    String laneId, String modelDigest, String digest, long expiresAt, List<Seats> stages) {
  /** The identities of a stage's roles. */
  public record Seats(IdentityKey dealer, IdentityKey evaluator0, IdentityKey evaluator1) {}

  /** Copies the list. */
  public PinnedLane {
    stages = List.copyOf(stages);
  }

  /** Of a file that whoever started this node answers for; it does not expire. */
  public static PinnedLane of(Lane lane) {
    return new PinnedLane(
        lane.laneId(),
        lane.modelDigest(),
        lane.digest(),
        Long.MAX_VALUE,
        lane.stages().stream()
            .map(
                s ->
                    new Seats(
                        new IdentityKey(s.dealer().identity()),
                        new IdentityKey(s.evaluator0().identity()),
                        new IdentityKey(s.evaluator1().identity())))
            .toList());
  }

  /**
   * Of a manifest that was verified.
   *
   * @param digest of its signed bytes
   */
  public static PinnedLane of(Manifest manifest, String digest) {
    return new PinnedLane(
        manifest.laneId(),
        manifest.modelDigest(),
        digest,
        manifest.expiresAt(),
        manifest.stages().stream()
            .map(
                s ->
                    new Seats(
                        new IdentityKey(s.dealer().identity()),
                        new IdentityKey(s.evaluator0().identity()),
                        new IdentityKey(s.evaluator1().identity())))
            .toList());
  }

  /** Everybody in it. */
  public Set<IdentityKey> identities() {
    Set<IdentityKey> all = new HashSet<>();
    for (Seats s : stages) {
      all.add(s.dealer());
      all.add(s.evaluator0());
      all.add(s.evaluator1());
    }
    return all;
  }
}
