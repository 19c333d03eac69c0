package dev.sotto.shard.testing;

import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobEnvelope;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Message;
import dev.sotto.contracts.NodeClose;
import dev.sotto.contracts.NodeStep;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.PartialResult.Outcome;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.seal.Opener;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.SealContext.Direction;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.contracts.seal.Sealer;
import dev.sotto.mpc.function.LookUpKeys;
import dev.sotto.ring.BitPacker;
import dev.sotto.ring.Words;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** One job of a caller who seals real steps, part by part, so that a test may meddle with them. */
public final class SealedCall {
  private static final int FRACTION = 12;

  private final SmallLane lane;
  private final Broker broker;
  private final SecureRandom random = new SecureRandom();
  private final SealKeyPair result;
  private final JobOpen open;
  private final String digest;
  private final StepPlan plan;
  private final Map<Seat, Sealer> sealers = new HashMap<>();
  private final Map<Seat, Opener> openers = new HashMap<>();
  private int serial;
  private int position;

  /** A fresh job. */
  public SealedCall(SmallLane lane, Broker broker, int promptTokens, int maxTokens) {
    this(lane, broker, SealKeyPair.create(), fresh(lane, promptTokens, maxTokens));
  }

  /** What a caller may vary; the result key's fingerprint is filled in. */
  public record Terms(
      JobId job, int promptTokens, int maxTokens, long expiresAt, Octets nonce, boolean digested) {
    /** Without digests. */
    public Terms(JobId job, int promptTokens, int maxTokens, long expiresAt, Octets nonce) {
      this(job, promptTokens, maxTokens, expiresAt, nonce, false);
    }

    /** The same with digests. */
    public Terms withDigests() {
      return new Terms(job, promptTokens, maxTokens, expiresAt, nonce, true);
    }
  }

  /** Usual terms. */
  public static Terms fresh(SmallLane lane, int promptTokens, int maxTokens) {
    SecureRandom random = new SecureRandom();
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    return new Terms(
        JobId.random(random),
        promptTokens,
        maxTokens,
        System.currentTimeMillis() + 600_000,
        Octets.wrap(nonce));
  }

  /** A job on these terms. */
  public SealedCall(SmallLane lane, Broker broker, SealKeyPair result, Terms terms) {
    this(lane, broker, result, terms, lane.signed().digest(), lane.signed().digest());
  }

  /**
   * A job that names one manifest and is sealed for another.
   *
   * @param agreed what the roles are to agree on
   * @param sealed what the seals are about
   */
  public static SealedCall forManifest(
      SmallLane lane, Broker broker, String agreed, String sealed) {
    Terms terms = fresh(lane, 6, 2);
    return new SealedCall(lane, broker, SealKeyPair.create(), terms, agreed, sealed);
  }

  private SealedCall(
      SmallLane lane,
      Broker broker,
      SealKeyPair result,
      Terms terms,
      String agreed,
      String sealed) {
    this.lane = lane;
    this.broker = broker;
    this.result = result;
    this.digest = sealed;
    this.open =
        new JobOpen(
            terms.job(),
            lane.shards().headers().getFirst().modelDigest(),
            agreed,
            SmallLane.LANE,
            terms.promptTokens(),
            terms.maxTokens(),
            result.publicKey().fingerprint(),
            terms.expiresAt(),
            terms.nonce(),
            terms.digested());
    this.plan = StepPlan.of(open);
  }

  public JobId id() {
    return open.jobId();
  }

  public int serial() {
    return serial;
  }

  /** The next step's parts, sealed; each is sealed once. */
  public Map<Seat, NodeStep> seal(int... tokens) {
    Map<Role, List<Octets>> keys = keys(tokens);
    Map<Seat, NodeStep> parts =
        seal(
            seat -> {
              List<Octets> own =
                  seat.stage() == 0 ? Objects.requireNonNull(keys.get(seat.role())) : List.of();
              StepRequest request =
                  new StepRequest(open.jobId(), serial, position, tokens.length, own);
              return serial == 0 ? new JobEnvelope(open, result.publicKey(), request) : request;
            });
    position += tokens.length;
    return parts;
  }

  /** A digest's parts, sealed; evaluators get these shares of the pad. */
  public Map<Seat, NodeStep> sealDigest(Octets seed, Map<Role, Octets> pad) {
    Octets none = Octets.wrap(new byte[0]);
    return seal(
        seat -> new DigestRequest(open.jobId(), serial, seed, pad.getOrDefault(seat.role(), none)));
  }

  private Map<Seat, NodeStep> seal(Function<Seat, Message> plainOf) {
    Map<Seat, NodeStep> parts = new LinkedHashMap<>();
    for (Seat seat : lane.seats()) {
      byte[] plain = plainOf.apply(seat).encode();
      boolean first = serial == 0;
      Sealer sealer =
          sealers.computeIfAbsent(
              seat,
              s ->
                  Sealer.to(
                      lane.keys(s).sealKeys().publicKey(),
                      new SealContext(Direction.REQUEST, digest, s.stage(), s.role())));
      parts.put(
          seat,
          new NodeStep(
              open.jobId(),
              SmallLane.LANE,
              serial,
              first ? sealer.encapsulation() : Octets.wrap(new byte[0]),
              sealer.seal(SealContext.associated(open.jobId(), serial), plain)));
    }
    serial++;
    return parts;
  }

  /** Sends parts to their nodes. */
  public void send(Map<Seat, NodeStep> parts) {
    parts.forEach(this::send);
  }

  /** Sends one part to a node. */
  public void send(Seat seat, NodeStep part) {
    broker.send(lane.identity(seat), part);
  }

  /** What a node published for a step, the first time. */
  public PartialResult await(Seat seat, long step) {
    return await(seat, step, 1).getFirst();
  }

  /** What a node published for a step, so many times. */
  public List<PartialResult> await(Seat seat, long step, int count) {
    return broker.await(
        count,
        r ->
            r.jobId().equals(open.jobId())
                && r.stage() == seat.stage()
                && r.role() == seat.role()
                && r.serial() == step);
  }

  /** All that was published for it. */
  public List<PartialResult> results() {
    return broker.results(open.jobId());
  }

  /** Why a node has ended the job. */
  public Failure failure(Seat seat) {
    PartialResult told =
        broker
            .await(
                1,
                r ->
                    r.jobId().equals(open.jobId())
                        && r.stage() == seat.stage()
                        && r.role() == seat.role()
                        && r.outcome() instanceof Outcome.Failed)
            .getFirst();
    return ((Outcome.Failed) told.outcome()).failure();
  }

  /** Opens a node's result of a step; the results of a node are opened in order, once each. */
  public StepResult open(Seat seat, PartialResult told) {
    if (!(told.outcome() instanceof Outcome.Sealed(Octets encapsulation, Octets ciphertext))) {
      throw new AssertionError(
          seat + " failed: " + ((Outcome.Failed) told.outcome()).failure().sentence());
    }
    Opener opener =
        openers.computeIfAbsent(
            seat,
            s ->
                Opener.of(
                    result,
                    encapsulation,
                    new SealContext(Direction.RESULT, digest, s.stage(), s.role())));
    StepResult opened =
        StepResult.decode(
            opener.open(SealContext.associated(open.jobId(), told.serial()), ciphertext));
    if (!opened.jobId().equals(open.jobId()) || opened.serial() != told.serial()) {
      throw new AssertionError(seat + " answered another step");
    }
    return opened;
  }

  /** The logits of a step whose parts have been sent; empty when it is not answered. */
  public float[] collect(long step) {
    Map<Seat, StepResult> results = new LinkedHashMap<>();
    for (Seat seat : lane.seats()) {
      results.put(seat, open(seat, await(seat, step)));
    }
    if (!plan.answers((int) step)) {
      return new float[0];
    }
    long[] sum = new long[SmallModel.VOCAB];
    int bits = 0;
    for (StepResult each : results.values()) {
      if (each.bits() > 0) {
        bits = each.bits();
        long[] share = new long[sum.length];
        BitPacker.unpack(each.packedShares().toArray(), 0, sum.length, bits, share, 0);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += share[i];
        }
      }
    }
    float[] logits = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      logits[i] = Math.scalb((float) Words.signed(sum[i], bits), -FRACTION);
    }
    return logits;
  }

  /** Runs tokens, in as many steps as the plan has for them; the last one's logits. */
  public float[] run(int... tokens) {
    float[] logits = {};
    for (int at = 0; at < tokens.length; ) {
      int n = plan.part(serial).tokens();
      int[] part = java.util.Arrays.copyOfRange(tokens, at, at + n);
      int step = serial;
      send(seal(part));
      logits = collect(step);
      at += n;
    }
    return logits;
  }

  /** Tells the nodes that the job is over. */
  public void close() {
    lane.seats().forEach(seat -> broker.send(lane.identity(seat), new NodeClose(id())));
  }

  private Map<Role, List<Octets>> keys(int[] tokens) {
    LookUpKeys lookUps = new LookUpKeys(SmallModel.VOCAB);
    Map<Role, List<Octets>> keys = new EnumMap<>(Role.class);
    for (int token : tokens) {
      lookUps
          .generate(token, random)
          .forEach(
              (role, own) ->
                  own.forEach(
                      key ->
                          keys.computeIfAbsent(Role.valueOf(role.name()), _ -> new ArrayList<>())
                              .add(Octets.wrap(key))));
    }
    return keys;
  }
}
