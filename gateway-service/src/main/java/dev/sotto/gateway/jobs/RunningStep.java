package dev.sotto.gateway.jobs;

import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One step that is on its way, and the results that have come. It is complete when every node that
 * got a part has answered; or a moment after the first failure, for when one node fails the others
 * say so too, and the enclave wants to know who was first. A failure that comes before the last
 * answer fails the step, even of a node that has answered it: the orchestration, which reads the
 * same records in the same order, takes it so too.
 */
final class RunningStep {
  private record Place(String lane, int stage, Role role) {}

  private final SealedStep step;
  private final byte[] digest;
  private final Set<Place> awaited;
  private final Executor aMomentLater;
  private final Map<Place, PartialResult> results = new HashMap<>();
  private final CompletableFuture<SealedResults> done = new CompletableFuture<>();
  private boolean failing;

  RunningStep(SealedStep step, byte[] encoding, Executor aMomentLater) {
    this.step = step;
    this.digest = sha256(encoding);
    this.aMomentLater = aMomentLater;
    this.awaited =
        step.parts().stream()
            .map(part -> new Place(part.laneId(), part.stage(), part.role()))
            .collect(Collectors.toUnmodifiableSet());
  }

  long serial() {
    return step.serial();
  }

  /** Every node at most once: otherwise it could never be complete. */
  boolean wellFormed() {
    return awaited.size() == step.parts().size();
  }

  boolean sameAs(byte[] encoding) {
    return MessageDigest.isEqual(digest, sha256(encoding));
  }

  CompletableFuture<SealedResults> done() {
    return done;
  }

  /** Whether a result is one of this step's, and the first of its node's, or its first failure. */
  synchronized boolean awaits(PartialResult result) {
    Place place = place(result);
    return !done.isDone()
        && awaited.contains(place)
        && (result.serial() == step.serial() || failed(result))
        && supersedes(result, results.get(place));
  }

  private static boolean supersedes(PartialResult result, @Nullable PartialResult before) {
    return before == null || (failed(result) && !failed(before));
  }

  private static Place place(PartialResult result) {
    return new Place(result.laneId(), result.stage(), result.role());
  }

  private static boolean failed(PartialResult result) {
    return result.outcome() instanceof PartialResult.Outcome.Failed;
  }

  /** Takes a result, if it is awaited. */
  synchronized void accept(PartialResult result) {
    if (!awaits(result)) {
      return;
    }
    boolean failed = failed(result);
    results.put(place(result), result);
    if (results.size() == awaited.size()) {
      finish();
    } else if (failed && !failing) {
      failing = true;
      aMomentLater.execute(this::finish);
    }
  }

  /** Whether a failure is among what has come, so that the caller will be told of it. */
  synchronized boolean failing() {
    return failing;
  }

  private synchronized void finish() {
    if (!results.isEmpty()) {
      done.complete(
          new SealedResults(step.jobId(), step.serial(), new ArrayList<>(results.values())));
    }
  }

  private static byte[] sha256(byte[] encoding) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(encoding);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
