package dev.sotto.models.shard;

import dev.sotto.nn.ModelConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a matrix is made of a checkpoint's tensors: their rows, one tensor after the other, are its
 * columns.
 *
 * @param shape the matrix
 * @param parts tensors in order of the matrix's columns
 * @param gamma a norm's factors by which the rows of the matrix are multiplied, or null
 */
record MatrixRecipe(MatrixShape shape, List<Part> parts, @Nullable String gamma) {
  /**
   * A tensor [outer, inner], or a vector of {@code outer} values where the matrix's inner is 1.
   *
   * @param scale a factor of all its weights
   */
  record Part(String tensor, int outer, double scale) {}

  /** The recipes of all stages of a cut in order of the matrices' ids. */
  static List<MatrixRecipe> of(ModelConfig config, PrecisionProfile precision, int stages) {
    return Stage.split(config.layers(), stages).stream()
        .flatMap(stage -> ModelMatrices.of(config, precision, stage).stream())
        .sorted(Comparator.comparingLong(MatrixShape::id))
        .map(shape -> of(shape, config))
        .toList();
  }

  private static MatrixRecipe of(MatrixShape shape, ModelConfig config) {
    return switch (shape.name()) {
      case ModelMatrices.EMBED -> whole(shape, "model.embed_tokens.weight");
      case ModelMatrices.HEAD ->
          whole(shape, config.tiedEmbedding() ? "model.embed_tokens.weight" : "lm_head.weight");
      case ModelMatrices.HEAD_GAMMA -> whole(shape, "model.norm.weight");
      default -> ofBlock(shape, config);
    };
  }

  private static MatrixRecipe whole(MatrixShape shape, String tensor) {
    return new MatrixRecipe(shape, List.of(new Part(tensor, shape.cols(), 1)), null);
  }

  private static MatrixRecipe ofBlock(MatrixShape shape, ModelConfig config) {
    int slash = shape.name().indexOf('/');
    String layer = "model.layers." + shape.name().substring("block.".length(), slash) + ".";
    int keys = config.kvHeads() * config.headDim();
    List<Part> parts = new ArrayList<>();
    String gamma = null;
    switch (shape.name().substring(slash + 1)) {
      case "qkv" -> {
        double scale = queryScale(config.headDim());
        int queries = config.heads() * config.headDim();
        parts.add(new Part(layer + "self_attn.q_proj.weight", queries, scale));
        parts.add(new Part(layer + "self_attn.k_proj.weight", keys, 1));
        parts.add(new Part(layer + "self_attn.v_proj.weight", keys, 1));
        gamma = layer + "input_layernorm.weight";
      }
      case "o" -> parts.add(new Part(layer + "self_attn.o_proj.weight", shape.cols(), 1));
      case "gate_up" -> {
        boolean narrow = shape.form() == MatrixForm.NARROW_PANELS;
        double scale = narrow ? ModelMatrices.NARROW_UP_SCALE : 1;
        parts.add(new Part(layer + "mlp.gate_proj.weight", config.ffn(), 1));
        parts.add(new Part(layer + "mlp.up_proj.weight", config.ffn(), scale));
        gamma = layer + "post_attention_layernorm.weight";
      }
      case "down" -> parts.add(new Part(layer + "mlp.down_proj.weight", shape.cols(), 1));
      default -> throw new IllegalStateException("no recipe for " + shape.name());
    }
    return new MatrixRecipe(shape, List.copyOf(parts), gamma);
  }

  /**
   * What query columns are multiplied by, so that scores come out in units of {@link
   * ModelMatrices#SCORE_UNIT} log2 units: log2(e) / unit · 2^s / √headDim with s = ⌊log2 √headDim⌋.
   * The 2^s, at least half of √headDim, keeps the weights' precision and is taken off the scores by
   * a shift.
   */
  static double queryScale(int headDim) {
    int s = (31 - Integer.numberOfLeadingZeros(headDim)) / 2;
    return 1 / StrictMath.log(2) / ModelMatrices.SCORE_UNIT * (1 << s) / Math.sqrt(headDim);
  }
}
