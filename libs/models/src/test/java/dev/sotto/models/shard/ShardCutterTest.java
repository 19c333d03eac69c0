package dev.sotto.models.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.nn.ModelConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardCutterTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"true,1", "true,2", "false,1", "false,3"})
  void whatTheRolesHoldTogetherIsExactlyTheFoldedModel(boolean tied, int stages) {
    ModelConfig config = tied ? GeneratedModel.SMALL : GeneratedModel.untied(GeneratedModel.SMALL);
    GeneratedModel model = new GeneratedModel(config, GeneratedModel.scattered(1));
    ShardSet set = Cuts.cut(model, folder, stages, 2);
    Set<String> seen = new HashSet<>();
    boolean shared = tied && stages == 1; // the head is the table that tokens are looked up in
    for (int stage = 0; stage < stages; stage++) {
      try (Shard dealer = Cuts.open(set, ShardRole.DEALER, stage);
          Shard e0 = Cuts.open(set, ShardRole.EVALUATOR_0, stage);
          Shard e1 = Cuts.open(set, ShardRole.EVALUATOR_1, stage)) {
        assertThat(e0.copySecretSeed(0)).isEqualTo(dealer.copySecretSeed(0));
        assertThat(e1.copySecretSeed(1)).isEqualTo(dealer.copySecretSeed(1));
        for (MatrixShape shape : dealer.header().shapes()) {
          seen.add(shape.name());
          long[] expected = expected(model, shape);
          long[] p0 = Cuts.pad(e0.copySecretSeed(0), shape);
          long[] p1 = Cuts.pad(e1.copySecretSeed(1), shape);
          long[] s0 = Cuts.stored(e0, shape.name());
          long[] s1 = Cuts.stored(e1, shape.name());
          assertThat(Cuts.reduced(shape, Cuts.minus(s0, p1))).as(shape.name()).isEqualTo(expected);
          assertThat(Cuts.reduced(shape, Cuts.minus(Cuts.minus(s1, p0), p1))).isEqualTo(expected);
          assertThat(Cuts.reduced(shape, Cuts.plus(s0, p0)))
              .as("m_W")
              .isEqualTo(Cuts.reduced(shape, s1));
        }
      }
    }
    assertThat(seen)
        .contains("embed", "head/gamma", "block.2/gate_up")
        .hasSize(4 * config.layers() + (shared ? 2 : 3));
    assertThat(seen.contains("head")).isEqualTo(!shared);
  }

  /** W in panels, by formulas of its own: columns are tensor rows, γ and scales folded in. */
  private static long[] expected(GeneratedModel model, MatrixShape shape) {
    long[] words = new long[(int) shape.words()];
    for (int column = 0; column < shape.cols(); column++) {
      for (int i = 0; i < shape.inner(); i++) {
        double weight = weight(model, shape.name(), i, column);
        int wide = shape.name().endsWith("gate_up") ? 64 : 32;
        boolean table = shape.name().equals("embed") || shape.name().equals("head");
        int at =
            table
                ? column * shape.inner() + i
                : column / wide * shape.inner() * wide + i * wide + column % wide;
        boolean up = shape.name().endsWith("gate_up") && column >= model.config().ffn();
        double unit = table || up ? 16384 : wide == 64 ? 8192 : 65536;
        words[at] = (long) Math.rint(weight * unit);
      }
    }
    return words;
  }

  private static double weight(GeneratedModel model, String matrix, int i, int c) {
    ModelConfig config = model.config();
    if (matrix.equals("embed")) {
      return model.weight("model.embed_tokens.weight", c, i);
    } else if (matrix.equals("head")) {
      String tensor = config.tiedEmbedding() ? "model.embed_tokens.weight" : "lm_head.weight";
      return model.weight(tensor, c, i);
    } else if (matrix.equals("head/gamma")) {
      return model.weight("model.norm.weight", 0, c);
    }
    String[] name = matrix.split("[./]", -1);
    String layer = "model.layers." + name[1] + ".";
    double in = model.weight(layer + "input_layernorm.weight", 0, i);
    double post = model.weight(layer + "post_attention_layernorm.weight", 0, i);
    int ffn = config.ffn();
    return switch (name[2]) {
      case "o" -> model.weight(layer + "self_attn.o_proj.weight", c, i);
      case "down" -> model.weight(layer + "mlp.down_proj.weight", c, i);
      case "gate_up" ->
          c < ffn
              ? model.weight(layer + "mlp.gate_proj.weight", c, i) * post
              : model.weight(layer + "mlp.up_proj.weight", c - ffn, i) * post;
      case "qkv" -> {
        if (c < 40) { // log2(e) / 1.25 · 2 / √10
          double scale = 1 / StrictMath.log(2) / 1.25 * 2 / Math.sqrt(10);
          yield model.weight(layer + "self_attn.q_proj.weight", c, i) * scale * in;
        }
        yield c < 60
            ? model.weight(layer + "self_attn.k_proj.weight", c - 40, i) * in
            : model.weight(layer + "self_attn.v_proj.weight", c - 60, i) * in;
      }
      default -> throw new AssertionError(matrix);
    };
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "4,2", "10,2", "64,8", "96,8", "128,8", "256,16"})
  void queriesAreScaledByTheLargestPowerOfTwoWithinTheRoot(int headDim, int power) {
    assertThat(MatrixRecipe.queryScale(headDim))
        .isEqualTo(1 / StrictMath.log(2) / 1.25 * power / Math.sqrt(headDim));
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, 1f, -0.5f})
  void whatOneRoleStoresLooksUniformEvenForAConstantModel(float constant) {
    GeneratedModel model = new GeneratedModel(GeneratedModel.SMALL, (t, r, c) -> constant);
    ShardSet set = Cuts.cut(model, folder, 1, 3);
    for (ShardRole role : List.of(ShardRole.EVALUATOR_0, ShardRole.EVALUATOR_1)) {
      try (Shard shard = Cuts.open(set, role, 0)) {
        int own = role == ShardRole.EVALUATOR_0 ? 0 : 1;
        long[] bytes = new long[256];
        long[] withPad = new long[256];
        long[] differences = new long[256];
        for (MatrixShape shape : shard.header().shapes()) {
          long[] stored = Cuts.stored(shard, shape.name());
          long[] pad = Cuts.pad(shard.copySecretSeed(own), shape);
          int width = 8 * shape.form().wordBytes();
          count(stored, width, bytes);
          // What the role can compute from all that it holds.
          long[] computed = own == 0 ? Cuts.plus(stored, pad) : Cuts.minus(stored, pad);
          count(computed, width, withPad);
          for (int i = 1; i < stored.length; i++) {
            count(new long[] {stored[i] - stored[i - 1]}, width, differences);
          }
        }
        assertUniform(bytes);
        assertUniform(withPad);
        assertUniform(differences);
      }
    }
  }

  private static void count(long[] words, int width, long[] counts) {
    for (long word : words) {
      for (int shift = 0; shift < width; shift += 8) {
        counts[(int) (word >>> shift & 255)]++;
      }
    }
  }

  /** χ² with 255 degrees of freedom exceeds 430 with a probability of about 1e-10. */
  private static void assertUniform(long[] counts) {
    double expected = IntStream.range(0, 256).mapToLong(i -> counts[i]).sum() / 256.0;
    double chiSquared = 0;
    for (long count : counts) {
      chiSquared += (count - expected) * (count - expected) / expected;
    }
    assertThat(chiSquared).isLessThan(430);
  }

  @Test
  void twoCutsOfAModelShareNoWordAndNoSeed() {
    GeneratedModel model = new GeneratedModel(GeneratedModel.SMALL, (t, r, c) -> 0);
    ShardSet one = Cuts.cut(model, folder.resolve("one"), 1, 4);
    ShardSet two = Cuts.cut(model, folder.resolve("two"), 1, 5);
    Set<Long> words = new HashSet<>();
    int count = 0;
    for (ShardSet set : List.of(one, two)) {
      for (ShardRole role : List.of(ShardRole.EVALUATOR_0, ShardRole.EVALUATOR_1)) {
        try (Shard shard = Cuts.open(set, role, 0)) {
          for (MatrixShape shape : shard.header().shapes()) {
            for (long word : Cuts.stored(shard, shape.name())) {
              words.add(word);
              count++;
            }
          }
        }
      }
    }
    // Every word of either cut is there once: also no pad serves two weights within one.
    assertThat(words).hasSize(count);
    try (Shard a = Cuts.open(one, ShardRole.DEALER, 0);
        Shard b = Cuts.open(two, ShardRole.DEALER, 0)) {
      assertThat(a.copySecretSeed(0)).isNotEqualTo(b.copySecretSeed(0));
      assertThat(a.copySecretSeed(1)).isNotEqualTo(b.copySecretSeed(1));
      assertThat(a.header().setId()).isNotEqualTo(b.header().setId());
    }
  }

  @Test
  void aRolesFileContainsNoOtherRolesSeedAndNoSumOfItsWords() throws IOException {
    GeneratedModel model = new GeneratedModel(GeneratedModel.SMALL, GeneratedModel.scattered(6));
    ShardSet set = Cuts.cut(model, folder, 1, 6);
    String dealer = latin(set.file(ShardRole.DEALER, 0));
    String e0 = latin(set.file(ShardRole.EVALUATOR_0, 0));
    String e1 = latin(set.file(ShardRole.EVALUATOR_1, 0));
    try (Shard both = Cuts.open(set, ShardRole.DEALER, 0)) {
      String w0 = new String(both.copySecretSeed(0), StandardCharsets.ISO_8859_1);
      String w1 = new String(both.copySecretSeed(1), StandardCharsets.ISO_8859_1);
      assertThat(dealer.contains(w0) && dealer.contains(w1)).isTrue();
      assertThat(e0.contains(w0) && e1.contains(w1)).isTrue();
      assertThat(e0.contains(w1) || e1.contains(w0)).isFalse();
    }
    for (ShardRole role : List.of(ShardRole.EVALUATOR_0, ShardRole.EVALUATOR_1)) {
      String mine = role == ShardRole.EVALUATOR_0 ? e0 : e1;
      String others = dealer + (role == ShardRole.EVALUATOR_0 ? e1 : e0);
      for (var matrix : Shard.readHeader(set.file(role, 0)).matrices()) {
        assertThat(mine.contains(matrix.section().sha256())).isTrue();
        assertThat(others.contains(matrix.section().sha256())).isFalse();
      }
    }
  }

  private static String latin(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  @Test
  void stagesPartitionTheLayersAndTheEnds() {
    for (int layers = 1; layers <= 40; layers++) {
      for (int count = 1; count <= layers; count++) {
        List<Stage> stages = Stage.split(layers, count);
        List<Integer> covered = new ArrayList<>();
        for (Stage stage : stages) {
          stage.check(layers);
          IntStream.range(stage.firstLayer(), stage.endLayer()).forEach(covered::add);
          assertThat(stage.layers()).isBetween(layers / count, layers / count + 1);
        }
        assertThat(covered).isEqualTo(IntStream.range(0, layers).boxed().toList());
      }
    }
    assertThatThrownBy(() -> Stage.split(3, 4)).hasMessageContaining("1 to 3 stages, not 4");
    assertThatThrownBy(() -> Stage.split(3, 0)).isInstanceOf(ShardException.class);
  }

  @Test
  void theFirstStageLooksUpAndTheLastProjects() {
    List<Stage> stages = Stage.split(3, 3);
    List<List<String>> tied = names(GeneratedModel.SMALL, stages);
    assertThat(tied.get(0)).contains("embed", "block.0/qkv").doesNotContain("head", "head/gamma");
    assertThat(tied.get(1))
        .containsExactly("block.1/qkv", "block.1/o", "block.1/gate_up", "block.1/down");
    assertThat(tied.get(2)).contains("head", "head/gamma", "block.2/down").doesNotContain("embed");
    List<List<String>> untied = names(GeneratedModel.untied(GeneratedModel.SMALL), stages);
    assertThat(untied.get(0)).contains("embed").doesNotContain("head");
    assertThat(untied.get(2)).contains("head", "head/gamma").doesNotContain("embed");
  }

  private static List<List<String>> names(ModelConfig config, List<Stage> stages) {
    return stages.stream()
        .map(
            s ->
                ModelMatrices.of(config, PrecisionProfile.MIXED, s).stream()
                    .map(MatrixShape::name)
                    .toList())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "model.layers.1.self_attn.k_proj.weight,7,NaN,not a finite number",
    "model.layers.1.mlp.up_proj.weight,33,Infinity,not a finite number",
    "model.embed_tokens.weight,76,-Infinity,not a finite number",
    "model.embed_tokens.weight,76,8,weight of embed is beyond the range of +-2^3",
    "model.embed_tokens.weight,0,-32768,weight of embed is beyond the range of +-2^3",
    "model.layers.2.mlp.down_proj.weight,39,32768,beyond the range of +-2^15",
    "model.layers.0.mlp.gate_proj.weight,0,-40000,beyond the range of +-2^15",
    "model.layers.0.input_layernorm.weight,0,NaN,not a finite number",
    "model.layers.0.input_layernorm.weight,0,100000,beyond the range of +-2^15",
  })
  void aWeightThatDoesNotFitIsRefusedByTensorAndRow(
      String tensor, int row, float value, String complaint) throws IOException {
    GeneratedModel model =
        new GeneratedModel(
            GeneratedModel.SMALL, (t, r, c) -> t.equals(tensor) && r == row && c == 3 ? value : 1f);
    boolean folded = tensor.contains("norm") && value == 100000f;
    assertThatThrownBy(() -> Cuts.cut(model, folder, 1, 7))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining(folded ? "model.layers.0.self_attn.q_proj.weight, row 0" : tensor)
        .hasMessageContaining(complaint)
        .hasMessageContaining(folded || !tensor.contains("norm") ? "row " + row : "value 3");
    assertNothingLeft();
  }

  @Test
  void theRangeOfWeightsIsTheCallersAndItsEdgeIsOutside() {
    GeneratedModel within =
        new GeneratedModel(GeneratedModel.SMALL, (t, r, c) -> t.contains("norm") ? 1 : 0.9f);
    CutRequest narrow = new CutRequest(folder, "a", 1, PrecisionProfile.MIXED, 1);
    ShardCutter cutter = new ShardCutter(Cuts.seeded(8));
    ShardSet set = cutter.cut(within, narrow, new byte[0], ShardProgress.NONE);
    assertThat(set.headers()).allMatch(h -> h.weightWholeBits() == 1);
    GeneratedModel edge = new GeneratedModel(GeneratedModel.SMALL, (t, r, c) -> 2);
    assertThatThrownBy(() -> cutter.cut(edge, narrow, new byte[0], ShardProgress.NONE))
        .hasMessageContaining("model.embed_tokens.weight, row 0")
        .hasMessageContaining("+-2^1 ");
  }

  @Test
  void aModelOfOtherTensorsIsRefusedByName() throws IOException {
    GeneratedModel.Weights ones = (t, r, c) -> 1;
    String q = "model.layers.1.self_attn.q_proj.";
    refused(new GeneratedModel(GeneratedModel.SMALL, ones).with(q + "bias", 1, 40), q + "bias");
    refused(new GeneratedModel(GeneratedModel.SMALL, ones).without(q + "weight"), q + "weight");
    refused(new GeneratedModel(GeneratedModel.SMALL, ones).with(q + "weight", 39, 40), "[39, 40]");
    refused(
        new GeneratedModel(GeneratedModel.SMALL, ones).with("model.norm.weight", 1, 41),
        "model.norm.weight: has shape [1, 41]");
    refused(
        new GeneratedModel(GeneratedModel.untied(GeneratedModel.SMALL), ones)
            .without("lm_head.weight"),
        "lm_head.weight");
    Cuts.cut(
        new GeneratedModel(GeneratedModel.SMALL, ones).with("lm_head.weight", 77, 40),
        folder,
        1,
        9);
  }

  private void refused(GeneratedModel model, String named) throws IOException {
    assertThatThrownBy(() -> Cuts.cut(model, folder, 1, 9))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining(named);
    assertNothingLeft();
  }

  private void assertNothingLeft() throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files.filter(f -> f.toString().contains(".shard"))).isEmpty();
      }
    }
  }

  @Test
  void filesAreTheOwnersAloneAndProgressIsWhole() throws IOException {
    GeneratedModel model = new GeneratedModel(GeneratedModel.SMALL, GeneratedModel.scattered(10));
    List<Long> heard = new ArrayList<>();
    ShardSet set =
        new ShardCutter(Cuts.seeded(10))
            .cut(
                model,
                Cuts.into(folder.resolve("new"), 2),
                Cuts.CALIBRATION,
                (matrix, done, total) -> {
                  heard.add(done);
                  assertThat(done).isBetween(0L, total);
                });
    assertThat(heard).isSorted();
    assertThat(ShardSet.find(folder.resolve("new"), 2)).contains(set);
    assertThat(ShardSet.find(folder.resolve("new"), 1)).isEmpty();
    long sum = 0;
    for (ShardHeader header : set.headers()) {
      Path file = set.folder().resolve(header.fileName());
      sum += Files.size(file);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
    assertThat(set.bytes()).isEqualTo(sum);
    set.verify(ShardProgress.NONE);
  }

  @Test
  void requestsAreCheckedByField() {
    assertThatThrownBy(() -> new CutRequest(folder, "../x", 1, PrecisionProfile.MIXED))
        .hasMessageContaining("lane");
    assertThatThrownBy(() -> new CutRequest(folder, "a", 1, PrecisionProfile.MIXED, 32))
        .hasMessageContaining("weightWholeBits");
    GeneratedModel model = new GeneratedModel(GeneratedModel.SMALL, (t, r, c) -> 1);
    byte[] tooLong = new byte[(16 << 20) + 1];
    assertThatThrownBy(
            () ->
                new ShardCutter(Cuts.seeded(1))
                    .cut(model, Cuts.into(folder, 1), tooLong, ShardProgress.NONE))
        .hasMessageContaining("calibration");
    assertThatThrownBy(() -> Cuts.cut(model, folder, 4, 1)).hasMessageContaining("stages");
  }
}
