package dev.sotto.models.shard;

import dev.sotto.nn.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Which secret matrices a model has, and which of them a stage holds. Input and output dimensions
 * are those of x·W, the transpose of what checkpoints store.
 */
public final class ModelMatrices {
  /**
   * Log2 units of a score's unit, as the protocol's exponential reads it: wider than 1, so that a
   * model's scores have their margin in the ring plan.
   */
  public static final double SCORE_UNIT = 1.25;

  /** The embedding transposed, [hidden, vocab], to look up from. */
  public static final String EMBED = "embed";

  /**
   * What up columns of {@link PrecisionProfile#MIXED} are multiplied by: balanced, they need one
   * whole bit less than gates, and so have one fraction bit more.
   */
  public static final int NARROW_UP_SCALE = 2;

  /**
   * The output projection, [hidden, vocab]. Of a tied model it is the embedding once more, or, in
   * {@link PrecisionProfile#MIXED}, the embedding itself where one stage has both.
   */
  public static final String HEAD = "head";

  /** The final norm's γ as a row, [1, hidden]. */
  public static final String HEAD_GAMMA = "head/gamma";

  private static final long FIRST_BLOCK_ID = 16;

  private ModelMatrices() {}

  /**
   * [hidden, (heads + 2·kvHeads)·headDim]: query, key and value columns, the norm's γ folded in.
   */
  public static String qkv(int layer) {
    return "block." + layer + "/qkv";
  }

  /** [heads·headDim, hidden]. */
  public static String o(int layer) {
    return "block." + layer + "/o";
  }

  /** [hidden, 2·ffn]: gate columns, then up columns, the norm's γ folded in. */
  public static String gateUp(int layer) {
    return "block." + layer + "/gate_up";
  }

  /** [ffn, hidden]. */
  public static String down(int layer) {
    return "block." + layer + "/down";
  }

  /** The matrices of one stage, in order of their ids, which is the order of the file. */
  public static List<MatrixShape> of(ModelConfig config, PrecisionProfile precision, Stage stage) {
    MatrixForm form = precision.narrowest();
    List<MatrixShape> all = new ArrayList<>();
    if (stage.isFirst()) {
      all.add(new MatrixShape(EMBED, 1, config.hidden(), config.vocab(), MatrixForm.COLUMNS));
    }
    if (stage.isLast()) {
      if (!sharesEmbedding(config, precision, stage)) {
        MatrixForm head =
            precision == PrecisionProfile.MIXED ? MatrixForm.COLUMNS : MatrixForm.PANELS;
        all.add(new MatrixShape(HEAD, 2, config.hidden(), config.vocab(), head));
      }
      all.add(MatrixShape.panels(HEAD_GAMMA, 3, 1, config.hidden()));
    }
    int queries = config.heads() * config.headDim();
    int keys = config.kvHeads() * config.headDim();
    for (int layer = stage.firstLayer(); layer < stage.endLayer(); layer++) {
      long id = FIRST_BLOCK_ID + 4L * layer;
      all.add(MatrixShape.panels(qkv(layer), id, config.hidden(), queries + 2 * keys));
      all.add(MatrixShape.panels(o(layer), id + 1, queries, config.hidden()));
      all.add(new MatrixShape(gateUp(layer), id + 2, config.hidden(), 2 * config.ffn(), form));
      all.add(MatrixShape.panels(down(layer), id + 3, config.ffn(), config.hidden()));
    }
    return List.copyOf(all);
  }

  /** Whether logits are products with the very table that tokens are looked up in. */
  public static boolean sharesEmbedding(
      ModelConfig config, PrecisionProfile precision, Stage stage) {
    boolean both = stage.isFirst() && stage.isLast();
    return both && config.tiedEmbedding() && precision == PrecisionProfile.MIXED;
  }

  /** Refuses, by name, a shape that no model has or that would overflow a size. */
  static void check(ModelConfig config) {
    bound("layers", config.layers(), 1024);
    bound("hidden", config.hidden(), 1 << 17);
    bound("heads", config.heads(), 1024);
    bound("kvHeads", config.kvHeads(), 1024);
    bound("headDim", config.headDim(), 1024);
    bound("ffn", config.ffn(), 1 << 20);
    bound("vocab", config.vocab(), 1 << 22);
    bound("context", config.context(), 1 << 24);
    if (config.heads() % config.kvHeads() != 0) {
      throw new ShardException("config.kvHeads: must divide heads");
    }
    positive("normEpsilon", config.normEpsilon());
    positive("ropeBase", config.ropeBase());
    ModelConfig.RopeScaling scaling = config.ropeScaling();
    if (scaling != null) {
      positive("ropeScaling.factor", scaling.factor());
      positive("ropeScaling.lowFrequency", scaling.lowFrequency());
      positive("ropeScaling.highFrequency", scaling.highFrequency());
      bound("ropeScaling.originalContext", scaling.originalContext(), 1 << 24);
    }
  }

  private static void bound(String field, int value, int most) {
    if (value < 1 || value > most) {
      throw new ShardException("config.%s: must be 1 to %d, is %d".formatted(field, most, value));
    }
  }

  private static void positive(String field, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new ShardException("config.%s: must be a positive number".formatted(field));
    }
  }
}
