package dev.sotto.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The clear model against a naive one, and against itself fed in other portions. */
final class ClearModelTest {
  static final long SEED = 20_260;

  static ModelConfig config(
      int hidden, int heads, int kvHeads, int headDim, int ffn, int vocab, boolean tied) {
    return new ModelConfig(
        "llama", 3, hidden, heads, kvHeads, headDim, ffn, vocab, 160, 1e-5, 10_000, null, tied);
  }

  static ModelConfig small() {
    return config(36, 6, 2, 6, 44, 97, true);
  }

  static ModelConfig scaled() {
    return new ModelConfig(
        "llama",
        2,
        40,
        4,
        1,
        16,
        56,
        70,
        128,
        1e-6,
        500_000,
        new ModelConfig.RopeScaling(8, 1, 4, 32),
        false);
  }

  static Stream<ModelConfig> configs() {
    return Stream.of(
        small(),
        scaled(),
        config(20, 5, 5, 4, 12, 33, false), // as many key-value heads as heads
        config(18, 3, 1, 2, 7, 11, true), // odd widths, the smallest head
        config(48, 9, 3, 10, 300, 700, true)); // several panels, heads wider than hidden
  }

  @ParameterizedTest
  @MethodSource("configs")
  void equalsANaiveModel(ModelConfig config) {
    RandomWeights weights = new RandomWeights(config, SEED);
    int[] tokens = tokens(config, 23);
    double[][] expected = new NaiveLlama(config, weights).logits(tokens);
    ClearTensor actual = new ClearModel(config, weights).start().eachLogits(tokens);
    for (int t = 0; t < tokens.length; t++) {
      for (int o = 0; o < config.vocab(); o++) {
        // Keys and values are kept in float32: that is the whole difference.
        assertThat(actual.at(t, o)).isCloseTo(expected[t][o], within(2e-5));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void cachedDecodeEqualsFullRecompute(ModelConfig config) {
    ClearModel model = new ClearModel(config, new RandomWeights(config, SEED));
    int[] tokens = tokens(config, 100); // beyond the cache's first capacity
    ClearTensor full = model.start().eachLogits(tokens);
    ClearRun run = model.start();
    for (int[] portion : portions(tokens, 37, 1, 1, 5, 1, 55)) {
      float[] last = run.logits(portion);
      for (int o = 0; o < config.vocab(); o++) {
        assertThat(last[o]).isEqualTo((float) full.at(run.position() - 1, o));
      }
    }
    assertThat(run.position()).isEqualTo(tokens.length);
  }

  @Test
  void aTokenChangesNothingBeforeIt() {
    ModelConfig config = small();
    ClearModel model = new ClearModel(config, new RandomWeights(config, SEED));
    int[] tokens = tokens(config, 12);
    int[] other = tokens.clone();
    other[7] = (other[7] + 1) % config.vocab();
    ClearTensor a = model.start().eachLogits(tokens);
    ClearTensor b = model.start().eachLogits(other);
    int same = 7 * config.vocab();
    assertThat(Arrays.copyOf(b.values(), same)).isEqualTo(Arrays.copyOf(a.values(), same));
    for (int t = 7; t < 12; t++) {
      assertThat(b.at(t, 0)).isNotEqualTo(a.at(t, 0));
    }
  }

  @Test
  void twoStagesEqualOne() {
    ModelConfig config = small();
    ClearModel model = new ClearModel(config, new RandomWeights(config, SEED));
    Step step = new Step(0, 0, 9);
    ClearTensor h = model.embed(tokens(config, 9));
    ClearTensor whole = new Decoder<ClearTensor>(0, 3).blocks(new ClearArithmetic(model), h, step);
    ClearTensor first = new Decoder<ClearTensor>(0, 2).blocks(new ClearArithmetic(model), h, step);
    ClearTensor second =
        new Decoder<ClearTensor>(2, 3).blocks(new ClearArithmetic(model), first, step);
    assertThat(second.values()).isEqualTo(whole.values());
    assertThatThrownBy(() -> new Decoder<ClearTensor>(2, 2)).hasMessageContaining("one layer");
  }

  @Test
  void runsDoNotSeeEachOther() {
    ModelConfig config = small();
    ClearModel model = new ClearModel(config, new RandomWeights(config, SEED));
    int[] tokens = tokens(config, 6);
    float[] alone = model.start().logits(tokens);
    ClearRun one = model.start();
    ClearRun two = model.start();
    one.logits(Arrays.copyOf(tokens, 5));
    two.logits(4, 2);
    assertThat(one.logits(tokens[5])).isEqualTo(alone);
  }

  @Test
  void refusesWhatDoesNotFit() {
    ModelConfig config = small();
    ClearModel model = new ClearModel(config, new RandomWeights(config, SEED));
    ClearRun run = model.start();
    assertThatThrownBy(() -> run.logits()).hasMessageContaining("at least one");
    assertThatThrownBy(() -> run.logits(1, 97)).hasMessageContaining("token number 1");
    assertThatThrownBy(() -> run.logits(-1)).hasMessageContaining("vocabulary of 97");
    assertThatThrownBy(() -> run.logits(new int[161])).hasMessageContaining("context of 160");
    assertThat(run.position()).isZero();
    assertThat(run.logits(new int[160])).hasSize(97);
    assertThatThrownBy(() -> run.logits(1)).hasMessageContaining("161 tokens");
    ClearArithmetic a = new ClearArithmetic(model);
    ClearTensor qkv = ClearTensor.zeros(1, config.qkvWidth());
    assertThatThrownBy(() -> a.attend("block.0/attention", qkv, new Step(0, 1, 1)))
        .hasMessageContaining("position 1");
    assertThatThrownBy(() -> a.attend("block.0/attention", qkv, new Step(0, 0, 2)))
        .hasMessageContaining("2 tokens");
    assertThatThrownBy(() -> a.linear("block.0/qkv", qkv))
        .hasMessageContaining("block.0/qkv: expected rows of 36");
    assertThatThrownBy(() -> a.linear("block.9/qkv", qkv)).hasMessageContaining("block.9/qkv");
    assertThatThrownBy(() -> a.add(qkv, model.embed(new int[] {1}))).hasMessageContaining("add");
  }

  @Test
  void namesTheTensorOfAnotherShape() {
    ModelConfig config = small();
    for (String name :
        List.of(
            "model.layers.1.self_attn.k_proj.weight",
            "model.layers.2.mlp.down_proj.weight",
            "model.norm.weight",
            "model.embed_tokens.weight")) {
      RandomWeights weights = new RandomWeights(config, SEED);
      weights.replace(name, new float[5][7]);
      assertThatThrownBy(() -> new ClearModel(config, weights))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(name)
          .hasMessageContaining("5 × 7");
    }
  }

  @Test
  void saysWhenTheHeapIsTooSmall() {
    // SmolLM2-135M: 134,515,008 weights.
    ModelConfig smol =
        new ModelConfig("llama", 30, 576, 9, 3, 64, 1536, 49_152, 8192, 1e-5, 100_000, null, true);
    assertThat(ClearModel.weightBytes(smol)).isEqualTo(4 * 134_515_008L);
    ClearModel.requireHeap(4 * 134_515_008L, 1L << 30);
    ModelConfig vast =
        new ModelConfig(
            "llama", 1000, 1 << 17, 64, 8, 128, 1 << 19, 1 << 20, 8192, 1e-5, 1e4, null, false);
    RandomWeights few = new RandomWeights(small(), SEED);
    assertThatThrownBy(() -> new ClearModel(vast, few)).hasMessageContaining("-Xmx");
  }

  static int[] tokens(ModelConfig config, int count) {
    return new Random(SEED).ints(count, 0, config.vocab()).toArray();
  }

  private static int[][] portions(int[] tokens, int... counts) {
    int[][] out = new int[counts.length][];
    int from = 0;
    for (int i = 0; i < counts.length; i++) {
      out[i] = Arrays.copyOfRange(tokens, from, from + counts[i]);
      from += counts[i];
    }
    return out;
  }
}
