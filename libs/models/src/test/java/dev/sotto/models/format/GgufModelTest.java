package dev.sotto.models.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sotto.models.ModelException;
import dev.sotto.models.Smollm;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.ModelConfig.RopeScaling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufModelTest {
  private static final long SEED = 7;

  @TempDir Path folder;

  @Test
  void readsTheRealModel() {
    try (GgufModel model = GgufModel.open(Smollm.file())) {
      assertThat(model.config())
          .isEqualTo(
              new ModelConfig(
                  "llama", 30, 576, 9, 3, 64, 1536, 49152, 8192, 1e-5, 100_000, null, true));
      assertThat(model.names()).hasSize(30 * 9 + 2).doesNotContain("lm_head.weight");
      assertThat(model.rows("model.layers.29.mlp.down_proj.weight")).isEqualTo(576);
      assertThat(model.columns("model.layers.29.mlp.down_proj.weight")).isEqualTo(1536);
      float[] norm = new float[576];
      model.read("model.norm.weight", 0, 1, norm);
      assertThat(norm).doesNotContain(0f);
      assertThat(model.digest())
          .isEqualTo("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
    }
  }

  @Test
  void putsInterleavedRotaryPairsBackIntoHalves() throws IOException {
    try (GgufModel model = GgufModel.open(TinyGguf.writer(SEED).write(folder.resolve("m.gguf")))) {
      GgufFile file = GgufFile.open(folder.resolve("m.gguf"));
      float[] whole = new float[TinyGguf.HIDDEN * TinyGguf.HIDDEN];
      model.read("model.layers.1.self_attn.q_proj.weight", 0, TinyGguf.HIDDEN, whole);
      for (int head = 0; head < TinyGguf.HEADS; head++) {
        for (int pair = 0; pair < TinyGguf.HEAD_DIM / 2; pair++) {
          for (int half = 0; half < 2; half++) {
            int from = head * TinyGguf.HEAD_DIM + 2 * pair + half;
            int hub = head * TinyGguf.HEAD_DIM + half * TinyGguf.HEAD_DIM / 2 + pair;
            float[] row = new float[TinyGguf.HIDDEN];
            new StoredRows().read("q", stored(file), from, row, 0);
            float[] one = new float[TinyGguf.HIDDEN];
            model.read("model.layers.1.self_attn.q_proj.weight", hub, 1, one);
            assertThat(one).isEqualTo(row);
            assertThat(Arrays.copyOfRange(whole, hub * 32, hub * 32 + 32)).isEqualTo(row);
          }
        }
      }
      file.close();
    }
  }

  private static StoredTensor stored(GgufFile file) {
    return Objects.requireNonNull(file.tensors().get("blk.1.attn_q.weight"));
  }

  @Test
  void untiedWhereTheFileHasAnOutputMatrix() throws IOException {
    GgufWriter w = TinyGguf.writer(SEED);
    w.tensors.add(
        new GgufWriter.Tensor(
            "output.weight", 0, w.tensors.getFirst().extent(), w.tensors.getFirst().data()));
    try (GgufModel model = GgufModel.open(w.write(folder.resolve("m.gguf")))) {
      assertThat(model.config().tiedEmbedding()).isFalse();
      assertThat(model.names()).contains("lm_head.weight");
    }
  }

  @Test
  void findsTheScalingOfLlama31InItsFactors() throws IOException {
    RopeScaling scaling = new RopeScaling(8, 1, 4, 8192);
    GgufWriter w = TinyGguf.writer(SEED).with("llama.rope.freq_base", 500_000f);
    ByteBuffer factors = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 4; i++) {
      factors.putFloat((float) GgufRopeFactors.factor(scaling, Math.pow(500_000, -i / 4.0)));
    }
    w.tensor("rope_freqs.weight", NumberFormat.F32, 4, factors.array());
    try (GgufModel model = GgufModel.open(w.write(folder.resolve("m.gguf")))) {
      assertThat(model.config().ropeScaling()).isEqualTo(scaling);
      assertThat(model.names()).doesNotContain("rope_freqs.weight");
    }
    factors.putFloat(4, 3f);
    assertRefused(w, "rope_freqs.weight");
  }

  @Test
  void readsVersion2AndEveryFormat() throws IOException {
    Random random = new Random(SEED);
    for (NumberFormat format :
        new NumberFormat[] {
          NumberFormat.F16,
          NumberFormat.BF16,
          NumberFormat.Q8_0,
          NumberFormat.Q4_0,
          NumberFormat.Q4_1
        }) {
      GgufWriter w = TinyGguf.writer(SEED);
      w.version = 2;
      byte[] data =
          new byte[TinyGguf.FFN * TinyGguf.HIDDEN / format.blockElements * format.blockBytes];
      for (int i = 0; i + 1 < data.length; i += 2) {
        // Small exponents wherever a half may begin.
        data[i] = (byte) random.nextInt(256);
        data[i + 1] = (byte) random.nextInt(0x3c);
      }
      w.tensors.replaceAll(
          t ->
              t.name().equals("blk.0.ffn_up.weight")
                  ? new GgufWriter.Tensor(t.name(), format.ggml, t.extent(), data)
                  : t);
      try (GgufModel model = GgufModel.open(w.write(folder.resolve(format + ".gguf")))) {
        float[] out = new float[TinyGguf.HIDDEN];
        model.read("model.layers.0.mlp.up_proj.weight", TinyGguf.FFN - 1, 1, out);
        float[] expected = new float[TinyGguf.HIDDEN];
        int blocks = TinyGguf.HIDDEN / format.blockElements;
        for (int b = 0; b < blocks; b++) {
          format.decode(
              data,
              data.length + (b - blocks) * format.blockBytes,
              expected,
              b * format.blockElements);
        }
        assertThat(out).containsExactly(expected, within(0f));
      }
    }
  }

  @Test
  void refusesWhatIsNotComputed() throws IOException {
    assertRefused(TinyGguf.writer(SEED).with("general.architecture", "gemma2"), "gemma2");
    assertRefused(TinyGguf.writer(SEED).with("llama.expert_count", 8), "llama.expert_count");
    assertRefused(TinyGguf.writer(SEED).with("llama.rope.scaling.type", "yarn"), "yarn");
    assertRefused(TinyGguf.writer(SEED).with("llama.logit_scale", 0.5f), "llama.logit_scale");
    assertRefused(
        TinyGguf.writer(SEED).with("llama.attention.sliding_window", 4096), "sliding_window");
    GgufWriter biased = TinyGguf.writer(SEED);
    biased.tensor("blk.0.attn_q.bias", NumberFormat.F32, 32, TinyGguf.floats(new Random(1), 32));
    assertRefused(biased, "blk.0.attn_q.bias");
    GgufWriter odd = TinyGguf.writer(SEED);
    odd.tensors.replaceAll(
        t ->
            t.name().equals("output_norm.weight")
                ? new GgufWriter.Tensor(t.name(), 13, t.extent(), t.data())
                : t);
    assertRefused(odd, "output_norm.weight is of ggml type 13");
    GgufWriter twice = TinyGguf.writer(SEED);
    twice.tensors.add(twice.tensors.getFirst());
    assertRefused(twice, "token_embd.weight: it is there twice");
    GgufWriter missing = TinyGguf.writer(SEED);
    missing.tensors.removeLast();
    assertRefused(missing, "model.norm.weight is missing");
  }

  @Test
  void refusesNumbersThatAreNotFinite() throws IOException {
    GgufWriter w = TinyGguf.writer(SEED);
    ByteBuffer.wrap(w.tensors.getLast().data())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(8, Float.NaN);
    try (GgufModel model = GgufModel.open(w.write(folder.resolve("m.gguf")))) {
      assertThatThrownBy(() -> model.read("model.norm.weight", 0, 1, new float[32]))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("model.norm.weight");
    }
  }

  @Test
  void refusesFilesThatAreNoModels() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.gguf"));
    assertThatThrownBy(() -> GgufModel.open(empty)).isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> GgufModel.open(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("folder");
    assertThatThrownBy(() -> GgufModel.open(folder.resolve("nothing.gguf")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("nothing.gguf");
  }

  private void assertRefused(GgufWriter w, String names) throws IOException {
    Path path = w.write(folder.resolve("refused.gguf"));
    assertThatThrownBy(() -> GgufModel.open(path))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("refused.gguf")
        .hasMessageContaining(names);
  }
}
