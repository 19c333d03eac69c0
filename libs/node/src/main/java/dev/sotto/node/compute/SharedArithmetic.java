package dev.sotto.node.compute;

import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.SecretMatrix;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.function.Attention;
import dev.sotto.mpc.function.KeyValues;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.mpc.function.RmsNorm;
import dev.sotto.mpc.function.Rope;
import dev.sotto.mpc.function.SiluTimesUp;
import dev.sotto.mpc.protocol.Diagonal;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.Linear;
import dev.sotto.mpc.protocol.Refresh;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.nn.Arithmetic;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The arithmetic of layers on secret shares: the same code at all three roles of a session. γ and
 * log2 e are folded into the weights by the publisher. Rings are those of {@link RingPlan}; what a
 * layer hands on is a residual share in 2^49 with 30 fraction bits, or the wire that the next layer
 * takes.
 */
public final class SharedArithmetic implements Arithmetic<SharedValue> {
  private static final int ATTENDED_RING = 42;
  private static final int RESIDUAL_RING = 49;
  private static final int RESIDUAL_FRACTION = 30;
  private static final int LOGIT_RING = 21;

  /** Fraction bits of logits. */
  public static final int LOGIT_FRACTION = 12;

  private final Session session;
  private final StageWeights weights;
  private final MaskProducts products;
  private final RingPlan plan;
  private final ModelConfig config;
  private final dev.sotto.nn.Rope angles;
  private final List<Sequence> sequences;
  private final Map<Range, Session> ranges = new HashMap<>();

  /** Neighbouring rows of several sequences. */
  private record Range(int from, int count) {}

  /** One session's arithmetic; caches of keys and values live in it. */
  public SharedArithmetic(
      Session session,
      StageWeights weights,
      MaskProducts products,
      RingPlan plan,
      ModelConfig config) {
    this(session, weights, products, plan, config, List.of(new Sequence(config.keyWidth())));
  }

  /**
   * An arithmetic over sequences that are kept elsewhere.
   *
   * @param sequences one, whose steps may have several tokens; or one for each member of a session
   *     of several, in its order, with steps of one token
   */
  SharedArithmetic(
      Session session,
      StageWeights weights,
      MaskProducts products,
      RingPlan plan,
      ModelConfig config,
      List<Sequence> sequences) {
    this.session = session;
    this.weights = weights;
    this.products = products;
    this.plan = plan;
    this.config = config;
    this.angles = new dev.sotto.nn.Rope(config);
    this.sequences = sequences;
  }

  /** Cost is itemised by kind of layer, over all blocks. */
  private Scope step(String at) {
    return session.step(at.substring(at.lastIndexOf('/') + 1), at);
  }

  @Override
  public SharedValue rmsNorm(String at, SharedValue h) {
    return new SharedValue.Masked(normed(at, h.share(), Factor.ofNorm(at, weights)));
  }

  private Wire normed(String at, Share h, Factor next) {
    int tokens = h.size() / config.hidden();
    return new RmsNorm(h, tokens, plan.norm(), next.ring(), next.fraction()).run(step(at));
  }

  @Override
  public SharedValue linear(String at, SharedValue x) {
    Scope scope = step(at);
    Wire wire = x.wire();
    SecretMatrix w = weights.matrix(at);
    int rows = wire.size() / w.inner();
    int fraction = Factor.of(w).weightFraction();
    Share product = new Linear(wire, w, rows, wire.ring(), fraction, products).run(scope);
    return new SharedValue.Additive(
        product.ring() == ATTENDED_RING ? intoResidual(scope, product) : product);
  }

  /** The output projection's ring is too small for the residual: open it and extend. */
  private static Share intoResidual(Scope scope, Share product) {
    Share cut = new TruncateReduce(product, 14).run(scope.in("round"));
    int spare = RESIDUAL_FRACTION - cut.fraction();
    return new Extend(scope.in("z").open(cut), RESIDUAL_RING - spare)
        .run(scope.in("extend"))
        .share()
        .shiftUp(spare);
  }

  @Override
  public SharedValue rope(String at, SharedValue qkv, Step step) {
    int[] positions = positions(step);
    double[][] cosines = new double[positions.length][];
    double[][] sines = new double[positions.length][];
    for (int t = 0; t < positions.length; t++) {
      cosines[t] = angles.cosines(positions[t]);
      sines[t] = angles.sines(positions[t]);
    }
    return new SharedValue.Heads(
        new Rope(qkv.share(), positions.length, plan.heads(), cosines, sines).run(step(at)));
  }

  /** Where each of a step's tokens stands in its sequence. */
  private int[] positions(Step step) {
    return sequences.size() == 1
        ? IntStream.range(step.position(), step.length()).toArray()
        : sequences.stream().mapToInt(s -> s.step().position()).toArray();
  }

  @Override
  public SharedValue attend(String at, SharedValue qkv, Step step) {
    if (!(qkv instanceof SharedValue.Heads(Rope.Heads heads))) {
      throw new IllegalStateException("attention expects rotated heads");
    }
    if (sequences.size() == 1) {
      Sequence only = sequences.getFirst();
      only.begin(step);
      KeyValues cache = only.cache(at);
      cache.append(heads.k(), heads.v());
      return new SharedValue.Masked(
          new Attention(heads.q(), cache, plan.heads(), step.tokens()).run(step(at)));
    }
    return new SharedValue.Masked(attendEach(at, heads));
  }

  /** Each row over its own sequence: neighbours of one kind together. */
  private Wire attendEach(String at, Rope.Heads heads) {
    Scope scope = step(at);
    List<KeyValues> caches = new ArrayList<>();
    int width = config.keyWidth();
    for (int i = 0; i < sequences.size(); i++) {
      KeyValues cache = sequences.get(i).cache(at);
      cache.append(heads.k().slice(i * width, width), heads.v().slice(i * width, width));
      caches.add(cache);
    }
    int row = heads.q().size() / sequences.size();
    List<Wire> done = new ArrayList<>();
    for (int from = 0; from < caches.size(); ) {
      int to = from + 1;
      while (to < caches.size() && kind(caches.get(to)) == kind(caches.get(from))) {
        to++;
      }
      int count = to - from;
      Scope there = count == caches.size() ? scope : range(from, count).step("attention", at);
      Wire q = heads.q().slice(from * row, count * row);
      done.add(
          new Attention(q, List.copyOf(caches.subList(from, to)), plan.heads(), count).run(there));
      from = to;
    }
    return done.size() == 1 ? done.getFirst() : Wire.joined(session, done);
  }

  private int kind(KeyValues cache) {
    return Attention.kind(plan.heads(), cache.tokens());
  }

  /** The session of some of this one's rows, in the same step. */
  private Session range(int from, int count) {
    Session part =
        ranges.computeIfAbsent(
            new Range(from, count),
            r -> Session.together(session.members().subList(from, from + count)));
    if (part.serial() < session.serial()) {
      part.begin(session.serial());
    }
    return part;
  }

  @Override
  public SharedValue siluTimesUp(String at, SharedValue gateUp) {
    Scope scope = step(at);
    Share joint = gateUp.share();
    int ffn = config.ffn();
    Share gates = joint.columns(2 * ffn, 0, ffn);
    Share ups = joint.columns(2 * ffn, ffn, 2 * ffn);
    ups = ups.withFraction(ups.fraction() + Factor.upFraction(ups.ring()));
    Opening o = scope.in("joint").opening();
    Wire gate = o.words("gate", input(scope.in("gate"), gates).reduce(SiluTimesUp.GATE_RING));
    Wire up = o.words("up", input(scope.in("up"), ups));
    o.run();
    return new SharedValue.Masked(new SiluTimesUp(gate, up).run(scope));
  }

  /** Rounded to the fraction that {@link SiluTimesUp} takes. */
  private static Share input(Scope scope, Share x) {
    return new TruncateReduce(x, x.fraction() - SiluTimesUp.INPUT_FRACTION).run(scope);
  }

  @Override
  public SharedValue add(SharedValue a, SharedValue b) {
    return new SharedValue.Additive(a.share().plus(b.share()));
  }

  @Override
  public SharedValue lastRow(SharedValue h) {
    Share s = h.share();
    return new SharedValue.Additive(s.slice(s.size() - config.hidden(), config.hidden()));
  }

  /**
   * Residual rows whose logits are asked for → shares of the logits in 2^21 with 12 fraction bits,
   * fresh, for the caller alone, and of the state after the final norm. That state itself is never
   * opened.
   */
  public StageProgram.Output.Logits head(SharedValue h) {
    Wire n = normed("head/norm", h.share(), Factor.WIDE);
    Scope scope = step("head/logits");
    int gammaFraction = Factor.WIDE.weightFraction();
    Share scaled =
        new Diagonal(n, weights.diagonal("head/gamma"), Factor.WIDE.ring(), gammaFraction)
            .run(scope.in("gamma"));
    Wire narrow =
        scope.in("narrow").open(new TruncateReduce(scaled, gammaFraction).run(scope.in("cut")));
    SecretMatrix out = weights.matrix("head");
    Factor factor = Factor.of(out);
    int drop = narrow.fraction() - factor.fraction();
    Share room = new Extend(narrow, factor.ring() + drop).run(scope.in("extend")).share();
    Wire y =
        scope
            .in("y")
            .open(drop == 0 ? room : new TruncateReduce(room, drop).run(scope.in("factor")));
    int rows = h.share().size() / config.hidden();
    Share z =
        new Linear(y, out, rows, factor.ring(), factor.weightFraction(), products)
            .run(scope.in("out"));
    Share rounded = new TruncateReduce(z, z.fraction() - LOGIT_FRACTION).run(scope.in("round"));
    return new StageProgram.Output.Logits(
        new Refresh(rounded.reduce(LOGIT_RING)).run(scope.in("fresh")), narrow.share());
  }

  /** A residual share for the same evaluator of the next stage, fresh. [tokens, hidden] in 2^49 */
  public Share handOver(SharedValue h) {
    return new Refresh(h.share()).run(session.step("hand-over", "hand-over"));
  }

  /** A residual share in the form that arrives. */
  public static Share residual(long[] words) {
    return new Share(words, RESIDUAL_RING, RESIDUAL_FRACTION);
  }

  /** The shape of an arriving residual share: what the dealer holds of it. */
  public static Share residualShape(int size) {
    return Share.shape(size, RESIDUAL_RING, RESIDUAL_FRACTION);
  }
}
