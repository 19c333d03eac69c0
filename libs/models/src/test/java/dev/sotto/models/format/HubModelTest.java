package dev.sotto.models.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.models.MadeUpModel;
import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import dev.sotto.models.text.ChatMessage;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.ModelConfig.RopeScaling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class HubModelTest {
  private static final long SEED = 11;
  private static final ModelConfig UNTIED =
      new ModelConfig(
          "llama",
          3,
          32,
          4,
          1,
          16,
          48,
          280,
          256,
          1e-6,
          500_000,
          new RopeScaling(8, 1, 4, 64),
          false);

  @TempDir Path folder;

  @Test
  void readsWhatTheMadeUpModelWrites() throws IOException {
    MadeUpModel made = MadeUpModel.small(SEED);
    made.write(folder);
    try (ModelFiles model = ModelFiles.open(folder)) {
      assertThat(model.config()).isEqualTo(made.config());
      assertThat(model.names()).hasSize(2 * 9 + 2);
      float[] matrix = new float[64 * 96];
      model.read("model.layers.1.mlp.down_proj.weight", 0, 64, matrix);
      double square = 0;
      for (float f : matrix) {
        square += (double) f * f;
      }
      // Variance 1/columns, and 6144 samples of it.
      assertThat(square / matrix.length * 96).isBetween(0.9, 1.1);
      float[] row = new float[96];
      model.read("model.layers.1.mlp.down_proj.weight", 63, 1, row);
      assertThat(row).isEqualTo(Arrays.copyOfRange(matrix, 63 * 96, 64 * 96));
      assertThatThrownBy(() -> model.read("model.norm.weight", 1, 1, row))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> model.read("model.norm.weight", 0, 1, new float[63]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> model.rows("lm_head.weight"))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("lm_head.weight");
    }
  }

  @Test
  void equalSeedsGiveEqualFilesAndOthersOthers() throws IOException {
    String first = digest(MadeUpModel.small(1), "a");
    assertThat(digest(MadeUpModel.small(1), "b")).isEqualTo(first);
    assertThat(digest(MadeUpModel.small(2), "c")).isNotEqualTo(first);
  }

  private String digest(MadeUpModel made, String name) throws IOException {
    made.write(folder.resolve(name));
    try (ModelFiles model = ModelFiles.open(folder.resolve(name))) {
      return model.digest();
    }
  }

  @Test
  void itsTokenizerAndTemplateWork() throws IOException {
    MadeUpModel.small(SEED).write(folder);
    try (ModelFiles model = ModelFiles.open(folder)) {
      PublicPart part = model.publicPart();
      try (Tokenizer tokenizer = part.tokenizer()) {
        assertThat(tokenizer.size()).isEqualTo(300);
        assertThat(tokenizer.ends()).isEqualTo(Set.of(2));
        String text =
            part.template().orElseThrow().render(List.of(ChatMessage.user("Hi 🙂")), true);
        assertThat(text).isEqualTo("<|im_start|>user\nHi 🙂<|im_end|>\n<|im_start|>assistant\n");
        int[] ids = tokenizer.encode(text, false);
        assertThat(ids[0]).isEqualTo(1);
        assertThat(tokenizer.decode(ids)).isEqualTo("user\nHi 🙂\nassistant\n");
        assertThat(tokenizer.encode("the rain in the other one on tea", false).length)
            .as("some merges apply")
            .isLessThan("the rain in the other one on tea".length());
      }
    }
  }

  @Test
  void readsUntiedScaledModelsSplitOverFiles() throws IOException {
    new MadeUpModel(UNTIED, SEED).write(folder);
    float[] whole = new float[280 * 32];
    try (ModelFiles model = ModelFiles.open(folder)) {
      assertThat(model.config()).isEqualTo(UNTIED);
      model.read("lm_head.weight", 0, 280, whole);
    }
    split(folder);
    try (ModelFiles model = ModelFiles.open(folder)) {
      assertThat(model.names()).hasSize(3 * 9 + 3);
      float[] again = new float[280 * 32];
      model.read("lm_head.weight", 0, 280, again);
      assertThat(again).isEqualTo(whole);
    }
  }

  /** Cuts model.safetensors into two files and an index. */
  static void split(Path folder) throws IOException {
    byte[] all = Files.readAllBytes(folder.resolve("model.safetensors"));
    int length = (int) ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong();
    ObjectNode header = StrictJson.parse("h", Arrays.copyOfRange(all, 8, 8 + length)).node();
    ObjectNode index = StrictJson.empty();
    ObjectNode map = index.putObject("weight_map");
    ObjectNode[] parts = {StrictJson.empty(), StrictJson.empty()};
    int[] start = {0, 0};
    int[] end = {0, 0};
    int n = 0;
    for (String name : header.propertyNames()) {
      int part = n++ < header.size() / 2 ? 0 : 1;
      int from = header.path(name).path("data_offsets").path(0).intValue();
      int to = header.path(name).path("data_offsets").path(1).intValue();
      if (parts[part].isEmpty()) {
        start[part] = from;
      }
      end[part] = to;
      ObjectNode one = parts[part].putObject(name);
      one.put("dtype", "BF16").set("shape", header.path(name).path("shape"));
      one.putArray("data_offsets").add(from - start[part]).add(to - start[part]);
      map.put(name, "model-0000" + (part + 1) + "-of-00002.safetensors");
    }
    for (int part = 0; part < 2; part++) {
      byte[] json = parts[part].toString().getBytes(StandardCharsets.UTF_8);
      GgufWriter.Bytes out = new GgufWriter.Bytes().i64(json.length).raw(json);
      out.raw(Arrays.copyOfRange(all, 8 + length + start[part], 8 + length + end[part]));
      Files.write(folder.resolve("model-0000" + (part + 1) + "-of-00002.safetensors"), out.bytes());
    }
    Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
    Files.delete(folder.resolve("model.safetensors"));
  }

  @Test
  void anIndexCannotLeadOutOfTheFolder() throws IOException {
    MadeUpModel.small(SEED).write(folder);
    split(folder);
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(
        index, Files.readString(index).replace("model-00001-of-00002", "../model-00001-of-00002"));
    assertThatThrownBy(() -> ModelFiles.open(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("plain");
  }

  @Test
  void refusesWhatIsNotComputedByName() throws IOException {
    for (String[] change :
        new String[][] {
          {
            "\"architectures\":[\"LlamaForCausalLM\"]",
            "\"architectures\":[\"GemmaForCausalLM\"]",
            "GemmaForCausalLM"
          },
          {"\"hidden_act\":\"silu\"", "\"hidden_act\":\"gelu\"", "gelu"},
          {"\"model_type\":\"llama\"", "\"attention_bias\":true", "attention_bias"},
          {"\"model_type\":\"llama\"", "\"mlp_bias\":true", "mlp_bias"},
          {
            "\"model_type\":\"llama\"",
            "\"quantization_config\":{\"bits\":4}",
            "quantization_config"
          },
          {
            "\"model_type\":\"llama\"",
            "\"rope_scaling\":{\"type\":\"linear\",\"factor\":2.0}",
            "linear"
          },
          {"\"model_type\":\"llama\"", "\"sliding_window\":4096", "sliding_window"},
          {"\"num_hidden_layers\":2", "\"num_hidden_layers\":3", "model.layers.2"},
          {"\"num_hidden_layers\":2", "\"num_hidden_layers\":1", "model.layers.1"},
          {"\"num_hidden_layers\":2", "\"num_hidden_layers\":1e99", "num_hidden_layers"},
          {
            "\"num_hidden_layers\":2",
            "\"num_hidden_layers\":2,\"num_hidden_layers\":2",
            "not sound JSON"
          },
          {"\"hidden_size\":64", "\"hidden_size\":-64", "hidden_size"},
          {"\"intermediate_size\":96", "\"intermediate_size\":97", "mlp."},
          {"\"num_key_value_heads\":2", "\"num_key_value_heads\":3", "key-value heads"},
        }) {
      MadeUpModel.small(SEED).write(folder);
      Path config = folder.resolve("config.json");
      String json = Files.readString(config);
      assertThat(json).contains(change[0]);
      Files.writeString(config, json.replace(change[0], change[1]));
      assertThatThrownBy(() -> ModelFiles.open(folder))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining(change[2]);
    }
  }

  @Test
  void understandsTheNewerPlaceOfRotaryParameters() throws IOException {
    MadeUpModel.small(SEED).write(folder);
    Path config = folder.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "\"rope_theta\":10000.0",
                "\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":250000.0}"));
    try (ModelFiles model = ModelFiles.open(folder)) {
      assertThat(model.config().ropeBase()).isEqualTo(250_000);
    }
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    for (String name : List.of("config.json", "model.safetensors")) {
      MadeUpModel.small(SEED).write(folder);
      Files.delete(folder.resolve(name));
      assertThatThrownBy(() -> ModelFiles.open(folder))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining(name);
    }
  }
}
