package dev.sotto.verification.audit;

import dev.sotto.client.platform.JobChannel;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.Placement;
import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.JobEnvelope;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedPart;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.event.JobFinishRequested;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SignedManifest.Party;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.contracts.seal.Opener;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.SealContext.Direction;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.contracts.seal.Sealer;
import dev.sotto.mpc.digest.Point;
import dev.sotto.mpc.digest.Projection;
import dev.sotto.ring.BitPacker;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Lanes behind a channel that answer by script: all seals are real, logits are what a test says.
 * They do not look what they are fed, for an audit is to find who is wrong, not why.
 */
final class ScriptedLanes implements JobChannel {
  /** What a lane answers after so many tokens. */
  @FunctionalInterface
  interface Script {
    float[] after(int tokens);
  }

  private static final String PUBLISHER = "publisher";
  private static final int BITS = 22;

  private final SigningKey publisher = SigningKey.create();
  private final Map<String, String> operators = new HashMap<>();
  private final Map<String, SigningKey> identities = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<SignedManifest> manifests = new ArrayList<>();
  final List<StepPlan.Part> parts = new ArrayList<>();
  final List<JobRequest> requests = new ArrayList<>();

  private record Lane(SignedManifest manifest, Script script, List<long[]> kept) {}

  private static final class Node {
    final Lane lane;
    final Role role;
    final SealKeyPair keys;
    Opener opener;
    Sealer sealer;

    Node(Lane lane, Role role, SealKeyPair keys, Opener opener, Sealer sealer) {
      this.lane = lane;
      this.role = role;
      this.keys = keys;
      this.opener = opener;
      this.sealer = sealer;
    }
  }

  /** A lane more, of operators of its own. */
  String add(String laneId, String modelDigest, Script script) {
    Map<Role, ManifestNode> seats = new EnumMap<>(Role.class);
    Map<Role, SealKeyPair> pairs = new EnumMap<>(Role.class);
    Map<String, SigningKey> signers = new HashMap<>();
    for (Role role : Role.values()) {
      SealKeyPair pair = SealKeyPair.create();
      String operator = laneId + "-" + role.label();
      signers.put(operator, SigningKey.create());
      pairs.put(role, pair);
      seats.put(
          role,
          new ManifestNode(
              operator, identity(laneId, role).publicHex(), pair.publicKey().base64()));
    }
    SignedManifest signed =
        SignedManifest.unsigned(
                new Manifest(
                    Manifest.VERSION,
                    laneId,
                    modelDigest,
                    "b".repeat(64),
                    "c".repeat(64),
                    PUBLISHER,
                    4_000_000_000_000L,
                    List.of(
                        new ManifestStage(
                            0,
                            1,
                            Objects.requireNonNull(seats.get(Role.DEALER)),
                            Objects.requireNonNull(seats.get(Role.EVALUATOR_0)),
                            Objects.requireNonNull(seats.get(Role.EVALUATOR_1))))))
            .signed(Party.PUBLISHER, PUBLISHER, publisher);
    for (Map.Entry<String, SigningKey> signer : signers.entrySet()) {
      signed = signed.signed(Party.OPERATOR, signer.getKey(), signer.getValue());
      operators.put(signer.getKey(), signer.getValue().publicHex());
    }
    manifests.add(signed);
    Lane lane = new Lane(signed, script, new ArrayList<>());
    pairs.forEach(
        (role, pair) -> {
          Sealer nobody = Sealer.to(pair.publicKey(), about(Direction.REQUEST, lane, role));
          Opener none =
              Opener.of(pair, nobody.encapsulation(), about(Direction.REQUEST, lane, role));
          nodes.add(new Node(lane, role, pair, none, nobody)); // until a job opens them
        });
    return signed.digest();
  }

  private SigningKey identity(String laneId, Role role) {
    return identities.computeIfAbsent(laneId + "/" + role, node -> SigningKey.create());
  }

  TrustRoots roots() {
    return new TrustRoots(Map.of(PUBLISHER, publisher.publicHex()), operators);
  }

  private static SealContext about(Direction direction, Lane lane, Role role) {
    return new SealContext(direction, lane.manifest.digest(), 0, role);
  }

  @Override
  public Placement open(JobRequest request) {
    requests.add(request);
    parts.clear();
    nodes.forEach(node -> node.lane.kept.clear());
    int lanes = request.protection().lanes();
    return new Placement(request.jobId(), request.protection(), manifests.subList(0, lanes));
  }

  @Override
  public SealedResults step(SealedStep step) {
    int fed = parts.stream().mapToInt(StepPlan.Part::tokens).sum();
    parts.add(new StepPlan.Part(fed, step.tokens()));
    List<PartialResult> results = new ArrayList<>();
    Map<String, byte[]> masks = new HashMap<>();
    for (Node node : nodes) {
      for (SealedPart part : step.parts()) {
        if (part.role() == node.role && manifestId(node).equals(part.laneId())) {
          results.add(answer(step, node, part, fed + step.tokens(), masks));
        }
      }
    }
    return new SealedResults(step.jobId(), step.serial(), results);
  }

  private static String manifestId(Node node) {
    return Manifest.decode(java.util.Base64.getDecoder().decode(node.lane.manifest.manifest()))
        .laneId();
  }

  private PartialResult answer(
      SealedStep step, Node node, SealedPart part, int tokens, Map<String, byte[]> masks) {
    byte[] associated = SealContext.associated(step.jobId(), step.serial());
    boolean first = step.serial() == 0;
    if (first) {
      node.opener =
          Opener.of(
              node.keys, part.encapsulation(), about(Direction.REQUEST, node.lane, node.role));
    }
    byte[] plain = node.opener.open(associated, part.ciphertext());
    StepResult result;
    if (DigestRequest.begins(plain)) {
      result = digest(step, node, DigestRequest.decode(plain), masks);
    } else {
      JobOpen open = null;
      if (first) {
        JobEnvelope envelope = JobEnvelope.decode(plain);
        open = envelope.open();
        node.sealer = Sealer.to(envelope.key(), about(Direction.RESULT, node.lane, node.role));
      } else {
        StepRequest.decode(plain);
      }
      boolean answers = open == null || tokens >= open.promptTokens();
      result = logits(step, node, answers, tokens, masks);
    }
    Octets encapsulation = first ? node.sealer.encapsulation() : Octets.wrap(new byte[0]);
    SigningKey key = identity(part.laneId(), node.role);
    return new PartialResult(
            step.jobId(),
            part.laneId(),
            0,
            node.role,
            step.serial(),
            Usage.NONE,
            new PartialResult.Outcome.Sealed(
                encapsulation, node.sealer.seal(associated, result.encode())))
        .signed(key.publicHex(), node.lane.manifest.digest(), key::sign);
  }

  private static StepResult logits(
      SealedStep step, Node node, boolean answers, int tokens, Map<String, byte[]> masks) {
    if (!answers || node.role == Role.DEALER) {
      return StepResult.done(step.jobId(), step.serial(), Usage.NONE);
    }
    float[] right = node.lane.script.after(tokens);
    byte[] mask = masks.computeIfAbsent(node.lane.manifest.digest(), l -> random(8 * right.length));
    long[] share = new long[right.length];
    long[] whole = new long[right.length];
    for (int i = 0; i < share.length; i++) {
      long m = java.nio.ByteBuffer.wrap(mask).getLong(8 * i) & ((1L << BITS) - 1);
      whole[i] = Math.round(right[i] * 4096.0);
      share[i] = node.role == Role.EVALUATOR_0 ? m : (whole[i] - m) & ((1L << BITS) - 1);
    }
    if (node.role == Role.EVALUATOR_0) {
      node.lane.kept.add(whole);
    }
    byte[] packed = new byte[BitPacker.bytes(share.length, BITS)];
    BitPacker.pack(share, 0, share.length, BITS, packed, 0);
    return new StepResult(step.jobId(), step.serial(), Usage.NONE, BITS, Octets.wrap(packed));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  private static StepResult digest(
      SealedStep step, Node node, DigestRequest request, Map<String, byte[]> masks) {
    if (node.role == Role.DEALER) {
      return StepResult.done(step.jobId(), step.serial(), Usage.NONE);
    }
    int bytes = DigestPoint.LOGITS.bits() / 8;
    byte[] pad = request.pad().toArray();
    int steps = pad.length / DigestPoint.STEP_BYTES;
    byte[] share =
        masks.computeIfAbsent(node.lane.manifest.digest(), l -> random(steps * bytes)).clone();
    long from = step.serial() - steps;
    for (int s = 0; s < steps; s++) {
      long[] words = node.lane.kept.get(node.lane.kept.size() - steps + s);
      Point point = Point.logits(words.length);
      long[] bits = new Projection(request.seed().toArray(), from + s, point).bits(words);
      for (int i = 0; i < bits.length; i++) {
        int at = s * bytes + i / 8;
        share[at] ^= (byte) ((node.role == Role.EVALUATOR_0 ? bits[i] : 0) << i % 8);
      }
      for (int i = 0; i < bytes; i++) {
        int at = s * DigestPoint.STEP_BYTES + DigestPoint.LOGITS.firstBit() / 8 + i;
        share[s * bytes + i] ^= pad[at];
      }
    }
    return new StepResult(step.jobId(), step.serial(), Usage.NONE, 1, Octets.wrap(share));
  }

  @Override
  public void end(JobId job, JobFinishRequested.Reason reason) {
    // nothing to drop
  }
}
