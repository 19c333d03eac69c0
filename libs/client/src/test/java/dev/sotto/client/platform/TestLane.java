package dev.sotto.client.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobEnvelope;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.PartialResult.Outcome;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedPart;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SignedManifest.Party;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.seal.Opener;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.SealContext.Direction;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.contracts.seal.Sealer;
import dev.sotto.mpc.digest.Point;
import dev.sotto.mpc.digest.Projection;
import dev.sotto.mpc.function.LookUpKeys;
import dev.sotto.ring.BitPacker;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes of one stage that open what is sealed to them, put the token together from their
 * look-up keys, and answer with shares of logits that a function of the sequence gives. All of the
 * enclave's cryptography is real; what is missing is the computation under sharing.
 */
final class TestLane {
  static final String PUBLISHER = "publisher";
  private static final int BITS = 40;

  private final String laneId;
  private final ModelPin model;
  private final Logits logits;
  private final Map<Role, SealKeyPair> keys = new EnumMap<>(Role.class);
  final Map<String, SigningKey> operators = new HashMap<>();
  final Map<Role, Seat> seats = new EnumMap<>(Role.class);
  final List<Integer> sequence = new ArrayList<>();
  private final Deque<Boolean> negatives = new ArrayDeque<>();
  private final Map<Role, SigningKey> identities = new EnumMap<>(Role.class);
  final SignedManifest manifest;
  @Nullable Failure failsWith;
  @Nullable JobOpen open;

  /** What the lane's model answers after a sequence. */
  interface Logits {
    float[] after(List<Integer> sequence);
  }

  record Seat(Opener opener, Sealer sealer, JobOpen open) {}

  TestLane(String laneId, ModelPin model, SigningKey publisher, Logits logits) {
    this(laneId, laneId, Map.of(), model, publisher, logits);
  }

  /** With operators who run other lanes too. */
  TestLane(
      String laneId,
      String operatorPrefix,
      Map<String, SigningKey> known,
      ModelPin model,
      SigningKey publisher,
      Logits logits) {
    this.laneId = laneId;
    this.model = model;
    this.logits = logits;
    Map<Role, ManifestNode> nodes = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      String operator = operatorPrefix + "-" + role.label();
      operators.put(operator, known.getOrDefault(operator, SigningKey.create()));
      SealKeyPair pair = SealKeyPair.create();
      keys.put(role, pair);
      nodes.put(
          role, new ManifestNode(operator, identity(role).publicHex(), pair.publicKey().base64()));
    }
    SignedManifest signed =
        SignedManifest.unsigned(
                new Manifest(
                    Manifest.VERSION,
                    laneId,
                    model.modelDigest(),
                    model.tokenizerDigest(),
                    model.templateDigest(),
                    PUBLISHER,
                    4_000_000_000_000L,
                    List.of(
                        new ManifestStage(
                            0,
                            1,
                            Objects.requireNonNull(nodes.get(Role.DEALER)),
                            Objects.requireNonNull(nodes.get(Role.EVALUATOR_0)),
                            Objects.requireNonNull(nodes.get(Role.EVALUATOR_1))))))
            .signed(Party.PUBLISHER, PUBLISHER, publisher);
    for (Map.Entry<String, SigningKey> operator : operators.entrySet()) {
      signed = signed.signed(Party.OPERATOR, operator.getKey(), operator.getValue());
    }
    this.manifest = signed;
  }

  String laneId() {
    return laneId;
  }

  /** What was answered since the last digest, and what is published of it. */
  final List<long[]> kept = new ArrayList<>();

  final List<byte[]> published = new ArrayList<>(); // [windows × evaluators]
  final List<Octets> seeds = new ArrayList<>();

  /** What the evaluators digest, of what they have sent. */
  UnaryOperator<long[]> keeps = words -> words;

  /** What the three nodes say to their parts of a digest. */
  private List<PartialResult> digest(SealedStep step) {
    if (failsWith != null) {
      return failed(step, failsWith);
    }
    Map<Role, DigestRequest> requests = new EnumMap<>(Role.class);
    for (SealedPart part : step.parts()) {
      if (part.laneId().equals(laneId)) {
        byte[] associated = SealContext.associated(step.jobId(), step.serial());
        byte[] plain = seat(part.role()).opener().open(associated, part.ciphertext());
        requests.put(part.role(), DigestRequest.decode(plain));
      }
    }
    JobOpen about = Objects.requireNonNull(open);
    StepPlan plan = StepPlan.of(about);
    assertThat(plan.mayDigest((int) step.serial())).isTrue();
    StepPlan.Window window = plan.window((int) step.serial());
    assertThat(window.count()).isEqualTo(kept.size());
    DigestRequest dealer = Objects.requireNonNull(requests.get(Role.DEALER));
    assertThat(dealer.pad().length()).isZero();
    seeds.add(dealer.seed());
    byte[] own = new byte[window.count() * DigestPoint.STEP_BYTES]; // the state's part stays zero
    Point point = Point.logits(model.vocab());
    for (int i = 0; i < window.count(); i++) {
      byte[] seed = dealer.seed().toArray();
      long[] bits = new Projection(seed, window.from() + i, point).bits(kept.get(i));
      for (int j = 0; j < bits.length; j++) {
        int bit = DigestPoint.LOGITS.firstBit() + j;
        own[i * DigestPoint.STEP_BYTES + bit / 8] |= (byte) (bits[j] << bit % 8);
      }
    }
    kept.clear();
    byte[] mask = new byte[own.length];
    new SecureRandom().nextBytes(mask);
    List<PartialResult> results = new ArrayList<>();
    for (Role role : Role.values()) {
      DigestRequest request = Objects.requireNonNull(requests.get(role));
      StepResult result = StepResult.done(step.jobId(), step.serial(), Usage.NONE);
      if (role != Role.DEALER) {
        byte[] padded = xor(xor(mask, request.pad().toArray()), first(role) ? own : new byte[0]);
        published.add(padded);
        Octets logits = Octets.wrap(logitsOf(padded));
        result = new StepResult(step.jobId(), step.serial(), Usage.NONE, 1, logits);
      }
      results.add(seal(step, role, result));
    }
    return results;
  }

  private static boolean first(Role role) {
    return role == Role.EVALUATOR_0;
  }

  private static byte[] xor(byte[] a, byte[] b) {
    byte[] out = a.clone();
    for (int i = 0; i < b.length; i++) {
      out[i] ^= b[i];
    }
    return out;
  }

  private static byte[] logitsOf(byte[] padded) {
    int bytes = DigestPoint.LOGITS.bits() / 8;
    byte[] out = new byte[padded.length / DigestPoint.STEP_BYTES * bytes];
    for (int step = 0; step * bytes < out.length; step++) {
      int from = step * DigestPoint.STEP_BYTES + DigestPoint.LOGITS.firstBit() / 8;
      System.arraycopy(padded, from, out, step * bytes, bytes);
    }
    return out;
  }

  private SigningKey identity(Role role) {
    return identities.computeIfAbsent(role, r -> SigningKey.create());
  }

  /** As its node would say it. */
  PartialResult signed(PartialResult result) {
    SigningKey key = identity(result.role());
    return result.signed(key.publicHex(), manifest.digest(), key::sign);
  }

  private List<PartialResult> failed(SealedStep step, Failure failure) {
    return List.of(
        signed(
            new PartialResult(
                step.jobId(),
                laneId,
                0,
                Role.DEALER,
                step.serial(),
                Usage.NONE,
                new Outcome.Failed(failure))));
  }

  /** What the three nodes say to their parts of a step. */
  List<PartialResult> answer(SealedStep step) {
    if (step.tokens() == 0) {
      return digest(step);
    }
    Map<Role, StepRequest> requests = new EnumMap<>(Role.class);
    for (SealedPart part : step.parts()) {
      if (part.laneId().equals(laneId)) {
        requests.put(part.role(), open(step, part));
      }
    }
    assertThat(requests).hasSize(3);
    if (failsWith != null) {
      return failed(step, failsWith);
    }
    feed(requests, step.tokens());
    JobOpen about = Objects.requireNonNull(open);
    boolean answers = sequence.size() >= about.promptTokens();
    long[][] shares = answers ? shares(logits.after(sequence)) : new long[2][0];
    if (answers) {
      long[] words = new long[model.vocab()];
      for (int i = 0; i < words.length; i++) {
        words[i] = shares[0][i] + shares[1][i];
      }
      kept.add(keeps.apply(words));
    }
    List<PartialResult> results = new ArrayList<>();
    for (Role role : Role.values()) {
      StepResult result = StepResult.done(step.jobId(), step.serial(), Usage.NONE);
      if (answers && role != Role.DEALER) {
        byte[] packed = new byte[BitPacker.bytes(model.vocab(), BITS)];
        long[] own = shares[role == Role.EVALUATOR_0 ? 0 : 1];
        BitPacker.pack(own, 0, own.length, BITS, packed, 0);
        result = new StepResult(step.jobId(), step.serial(), Usage.NONE, BITS, Octets.wrap(packed));
      }
      results.add(seal(step, role, result));
    }
    return results;
  }

  private StepRequest open(SealedStep step, SealedPart part) {
    byte[] associated = SealContext.associated(step.jobId(), step.serial());
    if (step.serial() > 0) {
      assertThat(part.encapsulation().length()).isZero();
      return StepRequest.decode(seat(part.role()).opener().open(associated, part.ciphertext()));
    }
    SealKeyPair own = Objects.requireNonNull(keys.get(part.role()));
    Opener opener =
        Opener.of(
            own,
            part.encapsulation(),
            new SealContext(Direction.REQUEST, manifest.digest(), part.stage(), part.role()));
    JobEnvelope envelope = JobEnvelope.decode(opener.open(associated, part.ciphertext()));
    assertThat(envelope.open().laneId()).isEqualTo(laneId);
    assertThat(envelope.open().modelDigest()).isEqualTo(model.modelDigest());
    if (!seats.isEmpty()) { // what all roles compare over their own links
      assertThat(envelope.open().hash()).isEqualTo(Objects.requireNonNull(open).hash());
    }
    open = envelope.open();
    Sealer sealer =
        Sealer.to(
            envelope.key(),
            new SealContext(Direction.RESULT, manifest.digest(), part.stage(), part.role()));
    seats.put(part.role(), new Seat(opener, sealer, envelope.open()));
    return envelope.first();
  }

  private Seat seat(Role role) {
    return Objects.requireNonNull(seats.get(role));
  }

  private void feed(Map<Role, StepRequest> requests, int tokens) {
    for (StepRequest request : requests.values()) {
      assertThat(request.tokens()).isEqualTo(tokens);
      assertThat(request.position()).isEqualTo(sequence.size());
    }
    List<Octets> dealer = Objects.requireNonNull(requests.get(Role.DEALER)).keys();
    List<Octets> first = Objects.requireNonNull(requests.get(Role.EVALUATOR_0)).keys();
    List<Octets> second = Objects.requireNonNull(requests.get(Role.EVALUATOR_1)).keys();
    for (int t = 0; t < tokens; t++) {
      int token = point(first.get(2 * t), second.get(2 * t));
      assertThat(point(second.get(2 * t + 1), dealer.get(2 * t + 1))).isEqualTo(token);
      for (int k = 2 * t; k < 2 * t + 2; k++) {
        byte mask = dealer.get(k).toArray()[0];
        assertThat(first.get(k).toArray()[0]).isEqualTo(second.get(k).toArray()[0]);
        boolean negative = (first.get(k).toArray()[0] ^ mask) == 1;
        assertThat(negative).isEqualTo(negatives.removeFirst());
      }
      assertThat(sameBits(second.get(2 * t), dealer.get(2 * t))).isTrue();
      sequence.add(token);
    }
  }

  /** Where the two keys' bits differ; keeps who has the one there, party 1 or not. */
  private int point(Octets a, Octets b) {
    LookUpKeys lookUp = new LookUpKeys(model.vocab());
    long[] x = new long[lookUp.words()];
    long[] y = new long[lookUp.words()];
    lookUp.expand(a.toArray(), 0, x, 0);
    lookUp.expand(b.toArray(), 1, y, 0);
    BitSet differ = BitSet.valueOf(x);
    differ.xor(BitSet.valueOf(y));
    assertThat(differ.cardinality()).isEqualTo(1);
    int point = differ.nextSetBit(0);
    negatives.add(BitSet.valueOf(y).get(point));
    return point;
  }

  /** But for the sign's byte: evaluator-1 and the dealer share the table's key. */
  private static boolean sameBits(Octets a, Octets b) {
    byte[] x = a.toArray();
    byte[] y = b.toArray();
    return Arrays.equals(x, 1, x.length, y, 1, y.length);
  }

  private static long[][] shares(float[] logits) {
    SecureRandom random = new SecureRandom();
    long[][] shares = new long[2][logits.length];
    for (int i = 0; i < logits.length; i++) {
      shares[0][i] = random.nextLong() & ((1L << BITS) - 1);
      shares[1][i] = (Math.round(logits[i] * 4096.0) - shares[0][i]) & ((1L << BITS) - 1);
    }
    return shares;
  }

  private PartialResult seal(SealedStep step, Role role, StepResult result) {
    Sealer sealer = seat(role).sealer();
    Octets first = step.serial() == 0 ? sealer.encapsulation() : Octets.wrap(new byte[0]);
    Octets sealed =
        sealer.seal(SealContext.associated(step.jobId(), step.serial()), result.encode());
    return signed(
        new PartialResult(
            step.jobId(),
            laneId,
            0,
            role,
            step.serial(),
            Usage.NONE,
            new Outcome.Sealed(first, sealed)));
  }
}
