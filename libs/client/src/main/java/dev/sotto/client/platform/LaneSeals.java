package dev.sotto.client.platform;

import dev.sotto.client.lane.Blame;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.lane.LogitShares;
import dev.sotto.client.lane.TokenKeys;
import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobEnvelope;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Message;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.PartialResult.Outcome;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedPart;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.seal.Opener;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.SealContext.Direction;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.contracts.seal.Sealer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One lane's end of a job: a sealing context to every node, an opening one from each, and one key
 * for results that lives as long as the job. Not thread-safe.
 */
final class LaneSeals {
  private static final Octets NOTHING = Octets.wrap(new byte[0]);

  private final VerifiedLane lane;
  private final JobOpen open;
  private final SealKeyPair resultKey;
  private final int vocab;
  private final TokenKeys keys;
  private final List<Node> nodes = new ArrayList<>();

  private static final class Node {
    final int stage;
    final Role role;
    final String name;
    final boolean holdsOutput;
    final Sealer sealer;
    @Nullable Opener opener; // from its first result on

    Node(int stage, Role role, String name, boolean holdsOutput, Sealer sealer) {
      this.stage = stage;
      this.role = role;
      this.name = name;
      this.holdsOutput = holdsOutput;
      this.sealer = sealer;
    }
  }

  /** {@code open} names {@code resultKey}. */
  LaneSeals(VerifiedLane lane, JobOpen open, SealKeyPair resultKey, int vocab, TokenKeys keys) {
    this.lane = lane;
    this.open = open;
    this.resultKey = resultKey;
    this.vocab = vocab;
    this.keys = keys;
    List<ManifestStage> stages = lane.manifest().stages();
    for (int stage = 0; stage < stages.size(); stage++) {
      for (Role role : Role.values()) {
        SealContext about = new SealContext(Direction.REQUEST, lane.digest(), stage, role);
        nodes.add(
            new Node(
                stage,
                role,
                Blame.seat(role, stage, stages.size()),
                role != Role.DEALER && stage == stages.size() - 1,
                Sealer.to(stages.get(stage).node(role).key(), about)));
      }
    }
  }

  /** Whose ends these are. */
  VerifiedLane lane() {
    return lane;
  }

  /** A part for every node; its own look-up keys are fresh. */
  List<SealedPart> seal(int serial, int position, int[] tokens) {
    Map<Role, List<Octets>> lookUps = keys.of(tokens);
    boolean first = serial == 0;
    return seal(
        serial,
        node -> {
          List<Octets> own =
              node.stage == 0 ? lookUps.getOrDefault(node.role, List.of()) : List.of();
          StepRequest step = new StepRequest(open.jobId(), serial, position, tokens.length, own);
          return first ? new JobEnvelope(open, resultKey.publicKey(), step) : step;
        });
  }

  /** A digest's part for every node. */
  List<SealedPart> sealDigest(int serial, DigestPads pads) {
    Octets[] pad = pads.split();
    return seal(
        serial,
        node -> {
          Octets own = node.holdsOutput ? pad[node.role == Role.EVALUATOR_0 ? 0 : 1] : NOTHING;
          return new DigestRequest(open.jobId(), serial, pads.seed(), own);
        });
  }

  private List<SealedPart> seal(int serial, Function<Node, Message> plain) {
    byte[] associated = SealContext.associated(open.jobId(), serial);
    List<SealedPart> parts = new ArrayList<>();
    for (Node node : nodes) {
      parts.add(
          new SealedPart(
              lane.manifest().laneId(),
              node.stage,
              node.role,
              serial == 0 ? node.sealer.encapsulation() : NOTHING,
              node.sealer.seal(associated, plain.apply(node).encode())));
    }
    return parts;
  }

  /** Whether a result of this lane is signed by the node that holds its place in it. */
  private boolean said(PartialResult result) {
    List<ManifestStage> stages = lane.manifest().stages();
    return result.stage() < stages.size()
        && result.isSignedBy(
            stages.get(result.stage()).node(result.role()).identity(), lane.digest());
  }

  /** Takes in what nodes of this lane say went wrong. */
  void blame(List<PartialResult> results, Blame blame) {
    for (PartialResult result : results) {
      if (of(result)
          && result.outcome() instanceof Outcome.Failed(Failure failure)
          && said(result)) {
        blame.add(seat(result), failure);
      }
    }
  }

  private String seat(PartialResult result) {
    return Blame.seat(result.role(), result.stage(), lane.manifest().stages().size());
  }

  private boolean of(PartialResult result) {
    return result.laneId().equals(lane.manifest().laneId());
  }

  /**
   * The logits of a step from the nodes' sealed results, which are no failures; a {@link
   * LaneException} if one is missing, not sealed to this job, or not what is due.
   */
  float[] open(int serial, List<PartialResult> results, boolean answers) {
    LogitShares shares = new LogitShares(vocab, answers);
    for (Node node : nodes) {
      StepResult result = open(node, serial, result(node, serial, results));
      shares.add(node.name, node.holdsOutput, result);
    }
    return shares.opened();
  }

  /**
   * The lane's padded digest of its logits, put together; a {@link LaneException} as in {@link
   * #open}.
   */
  byte[] openDigest(int serial, List<PartialResult> results, int steps) {
    byte[] sum = new byte[steps * DigestPoint.LOGITS.bits() / 8];
    for (Node node : nodes) {
      StepResult result = open(node, serial, result(node, serial, results));
      byte[] share = result.packedShares().toArray();
      if (result.bits() != (node.holdsOutput ? 1 : 0)
          || share.length != (node.holdsOutput ? sum.length : 0)) {
        throw new LaneException(
            Failure.Code.PEER_CHEATED, node.name + " answered with no digest of what is due", null);
      }
      for (int i = 0; i < share.length; i++) {
        sum[i] ^= share[i];
      }
    }
    return sum;
  }

  private Outcome.Sealed result(Node node, int serial, List<PartialResult> results) {
    for (PartialResult result : results) {
      if (of(result)
          && result.stage() == node.stage
          && result.role() == node.role
          && result.serial() == serial
          && result.outcome() instanceof Outcome.Sealed sealed) {
        if (!said(result)) {
          throw new LaneException(
              Failure.Code.PEER_CHEATED,
              "a result of %s is refused: it is not signed by that node".formatted(node.name),
              null);
        }
        return sealed;
      }
    }
    throw new LaneException(
        Failure.Code.PEER_GONE, "the platform has no result of " + node.name, null);
  }

  private StepResult open(Node node, int serial, Outcome.Sealed sealed) {
    try {
      if (node.opener == null) {
        node.opener =
            Opener.of(
                resultKey,
                sealed.encapsulation(),
                new SealContext(Direction.RESULT, lane.digest(), node.stage, node.role));
      }
      byte[] associated = SealContext.associated(open.jobId(), serial);
      StepResult result = StepResult.decode(node.opener.open(associated, sealed.ciphertext()));
      if (result.serial() != serial || !result.jobId().equals(open.jobId())) {
        throw new BadMessage("StepResult", "is of another step");
      }
      return result;
    } catch (BadMessage e) {
      throw new LaneException(
          Failure.Code.PEER_CHEATED,
          "a result of %s is refused: %s".formatted(node.name, e.getMessage()),
          e);
    }
  }

  @Override
  public String toString() {
    return "LaneSeals[" + lane.manifest().laneId() + "]";
  }
}
