package dev.sotto.node.compute;

import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.models.shard.Stage;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.mpc.function.TokenLookUp;
import dev.sotto.nn.Decoder;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.Step;
import dev.sotto.ring.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one role does for a stage in one session, step by step: tokens or a hand-over come in,
 * blocks run, logits or a hand-over go out. The dealer runs the same program ahead of the
 * evaluators, with shapes instead of values.
 */
public final class StageProgram {
  private static final String LOOK_UP = "embed";

  private final Session session;
  private final ModelConfig config;
  private final Stage stage;
  private final StageWeights weights;
  private final ShardHeader header;
  private final RingPlan plan;
  private final MaskProducts products;
  private final Sequence sequence;
  private final SharedArithmetic arithmetic;
  private final Decoder<SharedValue> decoder;

  /**
   * A session's program.
   *
   * @param weights this session's own readers of the shard
   */
  public StageProgram(
      Session session,
      ShardHeader header,
      StageWeights weights,
      RingPlan plan,
      MaskProducts products) {
    this.session = session;
    this.config = header.config();
    this.stage = header.stage();
    this.weights = weights;
    this.header = header;
    this.plan = plan;
    this.products = products;
    this.sequence = new Sequence(config.keyWidth());
    this.arithmetic =
        new SharedArithmetic(session, weights, products, plan, config, List.of(sequence));
    this.decoder = new Decoder<>(stage.firstLayer(), stage.endLayer());
  }

  /** Where a step's input comes from. */
  public sealed interface Input {
    /**
     * Look-up keys of the caller, two a token.
     *
     * @param dealer where evaluator-1 gets the dealer's part
     */
    record Keys(List<byte[]> keys, TokenLookUp.Incoming dealer) implements Input {}

    /** A share from the same evaluator of the stage before. [tokens, hidden] */
    record HandedOver(long[] words) implements Input {}

    /** The dealer's program has no input. */
    record Nothing() implements Input {}
  }

  /**
   * What a step gives: shares of logits, shares for the next stage, or nothing (an earlier part of
   * a prompt).
   */
  public sealed interface Output {
    /**
     * For the caller alone.
     *
     * @param share of the logits. [vocab]
     * @param state a share of the final state, for digests alone: it is never opened. [hidden] in
     *     2^24 with 14 fraction bits
     */
    record Logits(Share share, Share state) implements Output {}

    /** For the same evaluator of the next stage. [tokens, hidden] */
    record HandOver(Share share) implements Output {}

    /** Only the caches have grown. */
    record Nothing() implements Output {}
  }

  /**
   * Runs one step.
   *
   * @param answers whether the caller wants the logits of its last token
   */
  public Output run(Step step, boolean answers, Input input) {
    return continued(step, answers, enter(step, input));
  }

  /** The beginning of a step: what the stage's blocks begin with. [tokens, hidden] */
  public Share enter(Step step, Input input) {
    session.begin(step.serial());
    return residual(step, input);
  }

  /** The rest of a step after {@link #enter}. */
  public Output continued(Step step, boolean answers, Share entered) {
    SharedValue h = decoder.blocks(arithmetic, new SharedValue.Additive(entered), step);
    Output out;
    if (!stage.isLast()) {
      out = new Output.HandOver(arithmetic.handOver(h));
    } else if (answers) {
      out = arithmetic.head(arithmetic.lastRow(h));
    } else {
      out = new Output.Nothing();
    }
    session.end();
    return out;
  }

  ShardHeader header() {
    return header;
  }

  RingPlan plan() {
    return plan;
  }

  /** Whose program it is. */
  public Session session() {
    return session;
  }

  MaskProducts products() {
    return products;
  }

  Sequence sequence() {
    return sequence;
  }

  private Share residual(Step step, Input input) {
    int size = step.tokens() * config.hidden();
    return switch (input) {
      case Input.Keys(List<byte[]> keys, TokenLookUp.Incoming dealer) -> {
        Scope at = session.step(LOOK_UP, LOOK_UP);
        TokenLookUp lookUp = lookUp();
        yield session.role() == Role.EVALUATOR_0
            ? lookUp.first(at, keys)
            : lookUp.second(at, keys, dealer);
      }
      case Input.HandedOver(long[] words) -> SharedArithmetic.residual(words);
      case Input.Nothing() ->
          stage.isFirst()
              ? TokenLookUp.ahead(
                  session.step(LOOK_UP, LOOK_UP),
                  step.tokens(),
                  config.hidden(),
                  embeddingWholeBits(header))
              : SharedArithmetic.residualShape(size);
    };
  }

  private TokenLookUp lookUp() {
    return lookUp(weights, session.kernels());
  }

  private static TokenLookUp lookUp(StageWeights weights, Kernels kernels) {
    return new TokenLookUp(weights.picks(LOOK_UP, kernels), embeddingWholeBits(weights.header()));
  }

  /** Whole bits of the values that are looked up: the profile's. */
  public static int embeddingWholeBits(ShardHeader header) {
    return RingPlan.embeddingWholeBits(header.precision() == PrecisionProfile.MIXED);
  }

  /**
   * The dealer's online part of a look-up, on a thread of its own: what evaluator-1 is due.
   *
   * @param weights readers of the shard for that thread
   * @param streams readers of the session's streams for that thread
   */
  public static long[] dealerPart(
      Session session, StageWeights weights, Streams streams, int serial, List<byte[]> keys) {
    List<long[]> parts = new ArrayList<>();
    lookUp(weights, session.kernels()).dealerPart(streams, LOOK_UP, serial, keys, parts::add);
    return parts.stream().flatMapToLong(Arrays::stream).toArray();
  }
}
