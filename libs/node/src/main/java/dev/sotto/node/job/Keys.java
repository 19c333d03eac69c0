package dev.sotto.node.job;

import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.StepRequest;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.function.LookUpKeys;
import java.util.List;

/** A step's request, checked as a whole before anything is drawn for it. */
final class Keys {
  private Keys() {}

  /** The request is for step {@code due} of the plan, or a {@link Refusal} says what it is. */
  static void check(StepRequest request, JobId job, StepPlan plan, int due) {
    if (!request.jobId().equals(job)) {
      throw new Refusal(Failure.Code.REFUSED, "the step belongs to another job");
    }
    if (request.serial() < due) {
      throw new Refusal(
          Failure.Code.REPLAYED, "step " + request.serial() + " was run before and is over");
    }
    if (request.serial() > due || due >= plan.steps()) {
      throw new Refusal(
          Failure.Code.REFUSED, "step " + request.serial() + " is not the one that is due");
    }
    if (plan.isDigest(due)) {
      throw new Refusal(Failure.Code.REFUSED, "step " + due + " is a digest's");
    }
    StepPlan.Part part = plan.part(due);
    if (request.position() != part.position() || request.tokens() != part.tokens()) {
      throw new Refusal(
          Failure.Code.REFUSED, "step " + request.serial() + " has another shape than was agreed");
    }
  }

  /** The digest is due as step {@code due} of the plan, or a {@link Refusal} says what it is. */
  static void check(DigestRequest request, JobId job, StepPlan plan, int due) {
    if (!request.jobId().equals(job)) {
      throw new Refusal(Failure.Code.REFUSED, "the digest belongs to another job");
    }
    if (request.serial() < due) {
      throw new Refusal(
          Failure.Code.REPLAYED, "step " + request.serial() + " was run before and is over");
    }
    if (request.serial() > due || !plan.mayDigest(due)) {
      throw new Refusal(
          Failure.Code.REFUSED, "a digest as step " + request.serial() + " is not due");
    }
  }

  /** Its look-up keys: two well-formed ones a token, as {@link LookUpKeys} has them. */
  static List<byte[]> of(StepRequest request, Role role, int vocab) {
    if (request.keys().size() != 2 * request.tokens()) {
      throw new Refusal(Failure.Code.REFUSED, "a step needs two look-up keys a token");
    }
    List<byte[]> keys = request.keys().stream().map(Octets::toArray).toList();
    try {
      for (int i = 0; i < keys.size(); i++) {
        LookUpKeys.check(role, i % 2, keys.get(i), vocab);
      }
    } catch (IllegalArgumentException e) {
      throw new Refusal(Failure.Code.REFUSED, "a look-up key is malformed");
    }
    return keys;
  }
}
