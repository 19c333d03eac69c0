package dev.sotto.gateway.testing;

import dev.sotto.contracts.JobEnvelope;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedPart;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.Usage;
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
import dev.sotto.models.text.PublicPart;
import dev.sotto.ring.BitPacker;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Three scripted nodes that open what is sealed to them and seal shares of logits to the caller:
 * its answer is the same letters whatever was asked. All of the enclave's cryptography is real;
 * what is missing is the computation under sharing, which is not the gateway's.
 */
public final class OpeningLane {
  private static final int BITS = 40;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final PublicPart model;
  private final SigningKey publisher = SigningKey.create();
  private final Map<Role, SigningKey> operators = new EnumMap<>(Role.class);
  private final Map<Role, SealKeyPair> keys = new EnumMap<>(Role.class);
  private final Map<JobId, Map<Role, Seat>> jobs = new ConcurrentHashMap<>();
  private final Map<Role, SigningKey> identities = new ConcurrentHashMap<>();
  private final int[] letters;
  public final SignedManifest manifest;

  private record Seat(Opener opener, Sealer sealer, JobOpen open) {}

  /**
   * A lane for a model.
   *
   * @param letters token ids that it answers one after the other, again and again
   */
  public OpeningLane(PublicPart model, int... letters) {
    this.model = model;
    this.letters = letters.clone();
    Map<Role, ManifestNode> nodes = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      operators.put(role, SigningKey.create());
      keys.put(role, SealKeyPair.create());
      nodes.put(
          role,
          new ManifestNode(
              role.label(),
              identity(role).publicHex(),
              Objects.requireNonNull(keys.get(role)).publicKey().base64()));
    }
    ManifestStage stage =
        new ManifestStage(
            0,
            model.config().layers() - 1,
            Objects.requireNonNull(nodes.get(Role.DEALER)),
            Objects.requireNonNull(nodes.get(Role.EVALUATOR_0)),
            Objects.requireNonNull(nodes.get(Role.EVALUATOR_1)));
    SignedManifest signed =
        SignedManifest.unsigned(
                new Manifest(
                    Manifest.VERSION,
                    Lanes.LANE,
                    model.modelDigest(),
                    model.tokenizerDigest(),
                    model.templateDigest(),
                    "publisher",
                    4_000_000_000_000L,
                    List.of(stage)))
            .signed(Party.PUBLISHER, "publisher", publisher);
    for (Map.Entry<Role, SigningKey> operator : operators.entrySet()) {
      signed = signed.signed(Party.OPERATOR, operator.getKey().label(), operator.getValue());
    }
    this.manifest = signed;
  }

  /** Whom to believe so as to believe this lane. */
  public TrustRoots roots() {
    Map<String, String> pinned = new ConcurrentHashMap<>();
    operators.forEach((role, key) -> pinned.put(role.label(), key.publicHex()));
    return new TrustRoots(Map.of("publisher", publisher.publicHex()), pinned);
  }

  /** What the nodes say to a step. */
  public List<PartialResult> answer(SealedStep step) {
    Map<Role, Seat> seats = jobs.computeIfAbsent(step.jobId(), id -> new EnumMap<>(Role.class));
    int end = 0;
    for (SealedPart part : step.parts()) {
      StepRequest request = open(seats, step, part);
      end = request.position() + request.tokens();
    }
    JobOpen about = Objects.requireNonNull(seats.get(Role.DEALER)).open();
    int answered = end - about.promptTokens();
    List<PartialResult> results = new ArrayList<>();
    long[][] shares = answered >= 0 ? shares(letters[answered % letters.length]) : new long[0][];
    for (Role role : Role.values()) {
      StepResult result = StepResult.done(step.jobId(), step.serial(), Usage.NONE);
      if (answered >= 0 && role != Role.DEALER) {
        long[] own = shares[role == Role.EVALUATOR_0 ? 0 : 1];
        byte[] packed = new byte[BitPacker.bytes(own.length, BITS)];
        BitPacker.pack(own, 0, own.length, BITS, packed, 0);
        result = new StepResult(step.jobId(), step.serial(), Usage.NONE, BITS, Octets.wrap(packed));
      }
      results.add(seal(Objects.requireNonNull(seats.get(role)), step, role, result));
    }
    return results;
  }

  private StepRequest open(Map<Role, Seat> seats, SealedStep step, SealedPart part) {
    byte[] associated = SealContext.associated(step.jobId(), step.serial());
    if (step.serial() > 0) {
      Seat seat = Objects.requireNonNull(seats.get(part.role()));
      return StepRequest.decode(seat.opener().open(associated, part.ciphertext()));
    }
    Opener opener =
        Opener.of(
            Objects.requireNonNull(keys.get(part.role())),
            part.encapsulation(),
            new SealContext(Direction.REQUEST, manifest.digest(), part.stage(), part.role()));
    JobEnvelope envelope = JobEnvelope.decode(opener.open(associated, part.ciphertext()));
    Sealer sealer =
        Sealer.to(
            envelope.key(),
            new SealContext(Direction.RESULT, manifest.digest(), part.stage(), part.role()));
    seats.put(part.role(), new Seat(opener, sealer, envelope.open()));
    return envelope.first();
  }

  private long[][] shares(int token) {
    long[][] shares = new long[2][model.config().vocab()];
    for (int i = 0; i < shares[0].length; i++) {
      double logit = i == token ? 20 : 0;
      shares[0][i] = RANDOM.nextLong() & ((1L << BITS) - 1);
      shares[1][i] = (Math.round(logit * 4096.0) - shares[0][i]) & ((1L << BITS) - 1);
    }
    return shares;
  }

  private SigningKey identity(Role role) {
    return identities.computeIfAbsent(role, r -> SigningKey.create());
  }

  private PartialResult seal(Seat seat, SealedStep step, Role role, StepResult result) {
    Octets first = step.serial() == 0 ? seat.sealer().encapsulation() : Octets.wrap(new byte[0]);
    Octets sealed =
        seat.sealer().seal(SealContext.associated(step.jobId(), step.serial()), result.encode());
    SigningKey key = identity(role);
    return new PartialResult(
            step.jobId(),
            Lanes.LANE,
            0,
            role,
            step.serial(),
            Usage.NONE,
            new PartialResult.Outcome.Sealed(first, sealed))
        .signed(key.publicHex(), manifest.digest(), key::sign);
  }
}
