package dev.sotto.models;

import dev.sotto.models.json.StrictJson;
import dev.sotto.models.text.ByteLetters;
import dev.sotto.nn.ModelConfig;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Llama with random weights, written as a folder in Hugging Face's layout: for tests,
 * demonstrations and measurements where the shape matters and the answer does not. Equal arguments
 * give equal files. Rows are written as they are made, so a model may be larger than memory.
 *
 * @param config the shape; the vocabulary must have at least {@link #LEAST_VOCAB} tokens
 * @param seed of weights and vocabulary
 */
public record MadeUpModel(ModelConfig config, long seed) {
  /** 256 bytes and three special tokens. */
  public static final int LEAST_VOCAB = 259;

  private static final String TEXT_END = "<|endoftext|>";
  private static final String TURN_START = "<|im_start|>";
  private static final String TURN_END = "<|im_end|>";
  private static final String TEMPLATE =
      """
      {% for message in messages %}{{ '<|im_start|>' + message['role'] + '
      ' + message['content'] + '<|im_end|>
      ' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
      ' }}{% endif %}""";

  /** Checks the shape. */
  public MadeUpModel {
    if (config.vocab() < LEAST_VOCAB) {
      throw new IllegalArgumentException(
          "vocab: " + config.vocab() + " is less than " + LEAST_VOCAB);
    }
  }

  /**
   * A shape that computes in milliseconds: two layers, hidden 64, four heads over two, 300 tokens,
   * context 512.
   */
  public static MadeUpModel small(long seed) {
    return new MadeUpModel(
        new ModelConfig("llama", 2, 64, 4, 2, 16, 96, 300, 512, 1e-5, 10_000, null, true), seed);
  }

  /** Writes the folder's files: configuration, weights (BF16), tokenizer and chat template. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), configJson());
    Files.writeString(folder.resolve("tokenizer.json"), tokenizerJson());
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        StrictJson.empty()
            .put("bos_token", TURN_START)
            .put("eos_token", TURN_END)
            .put("chat_template", TEMPLATE)
            .toString());
    writeWeights(folder.resolve("model.safetensors"));
  }

  private String configJson() {
    ObjectNode json = StrictJson.empty();
    json.putArray("architectures").add("LlamaForCausalLM");
    json.put("model_type", "llama")
        .put("hidden_act", "silu")
        .put("hidden_size", config.hidden())
        .put("intermediate_size", config.ffn())
        .put("num_hidden_layers", config.layers())
        .put("num_attention_heads", config.heads())
        .put("num_key_value_heads", config.kvHeads())
        .put("head_dim", config.headDim())
        .put("vocab_size", config.vocab())
        .put("max_position_embeddings", config.context())
        .put("rms_norm_eps", config.normEpsilon())
        .put("rope_theta", config.ropeBase())
        .put("tie_word_embeddings", config.tiedEmbedding())
        .put("bos_token_id", 1)
        .put("eos_token_id", 2);
    ModelConfig.RopeScaling scaling = config.ropeScaling();
    if (scaling != null) {
      json.putObject("rope_scaling")
          .put("rope_type", "llama3")
          .put("factor", scaling.factor())
          .put("low_freq_factor", scaling.lowFrequency())
          .put("high_freq_factor", scaling.highFrequency())
          .put("original_max_position_embeddings", scaling.originalContext());
    }
    return json.toString();
  }

  private String tokenizerJson() {
    ObjectNode json = StrictJson.empty().put("version", "1.0");
    ArrayNode added = json.putArray("added_tokens");
    ObjectNode vocab = StrictJson.empty();
    List<String> tokens = new ArrayList<>();
    for (String special : List.of(TEXT_END, TURN_START, TURN_END)) {
      added
          .addObject()
          .put("id", vocab.size())
          .put("content", special)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
      vocab.put(special, vocab.size());
    }
    for (int b = 0; b < 256; b++) {
      tokens.add(Character.toString(ByteLetters.letter(b)));
      vocab.put(tokens.getLast(), vocab.size());
    }
    json.putNull("normalizer");
    json.putObject("pre_tokenizer")
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
    json.putNull("post_processor");
    json.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
    ObjectNode model = json.putObject("model").put("type", "BPE");
    model.set("vocab", vocab);
    ArrayNode merges = model.putArray("merges");
    SplittableRandom random = new SplittableRandom(seed ^ 0x6d65726765L);
    Set<String> known = new LinkedHashSet<>(tokens);
    // Lower-case letters and the space come first, so that some merges occur in ordinary text.
    String common = "etaoinshrdlucmfwypvbgk" + ByteLetters.letter(' ');
    while (vocab.size() < config.vocab()) {
      String left =
          random.nextInt(3) == 0
              ? tokens.get(random.nextInt(tokens.size()))
              : String.valueOf(common.charAt(random.nextInt(common.length())));
      String right = String.valueOf(common.charAt(random.nextInt(common.length())));
      if (left.length() < 12 && known.add(left + right)) {
        tokens.add(left + right);
        vocab.put(left + right, vocab.size());
        merges.addArray().add(left).add(right);
      }
    }
    return json.toString();
  }

  /** A tensor's shape; one dimension for vectors. */
  private Map<String, int[]> tensors() {
    Map<String, int[]> all = new LinkedHashMap<>();
    int q = config.heads() * config.headDim();
    int kv = config.kvHeads() * config.headDim();
    all.put("model.embed_tokens.weight", new int[] {config.vocab(), config.hidden()});
    for (int i = 0; i < config.layers(); i++) {
      String at = "model.layers." + i + ".";
      all.put(at + "input_layernorm.weight", new int[] {config.hidden()});
      all.put(at + "self_attn.q_proj.weight", new int[] {q, config.hidden()});
      all.put(at + "self_attn.k_proj.weight", new int[] {kv, config.hidden()});
      all.put(at + "self_attn.v_proj.weight", new int[] {kv, config.hidden()});
      all.put(at + "self_attn.o_proj.weight", new int[] {config.hidden(), q});
      all.put(at + "post_attention_layernorm.weight", new int[] {config.hidden()});
      all.put(at + "mlp.gate_proj.weight", new int[] {config.ffn(), config.hidden()});
      all.put(at + "mlp.up_proj.weight", new int[] {config.ffn(), config.hidden()});
      all.put(at + "mlp.down_proj.weight", new int[] {config.hidden(), config.ffn()});
    }
    all.put("model.norm.weight", new int[] {config.hidden()});
    if (!config.tiedEmbedding()) {
      all.put("lm_head.weight", new int[] {config.vocab(), config.hidden()});
    }
    return all;
  }

  private void writeWeights(Path file) throws IOException {
    Map<String, int[]> tensors = tensors();
    ObjectNode header = StrictJson.empty();
    long offset = 0;
    for (Map.Entry<String, int[]> e : tensors.entrySet()) {
      ObjectNode one = header.putObject(e.getKey()).put("dtype", "BF16");
      ArrayNode shape = one.putArray("shape");
      long bytes = 2;
      for (int extent : e.getValue()) {
        shape.add(extent);
        bytes *= extent;
      }
      one.putArray("data_offsets").add(offset).add(offset + bytes);
      offset += bytes;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + 7) / 8 * 8;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      out.write(
          ByteBuffer.allocate(8 + padded)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(padded)
              .put(json)
              .put(" ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII))
              .array());
      int number = 0;
      for (int[] shape : tensors.values()) {
        writeTensor(out, shape, new SplittableRandom(seed * 1_000_003 + number++));
      }
    }
  }

  /**
   * Norms around 1; matrices with a variance of 1/columns, so that activations stay in the range of
   * trained models whatever the width. Sums of four uniform numbers are near enough to a Gaussian,
   * and fast.
   */
  private static void writeTensor(OutputStream out, int[] shape, SplittableRandom random)
      throws IOException {
    boolean norm = shape.length == 1;
    int columns = shape[shape.length - 1];
    int rows = norm ? 1 : shape[0];
    double scale = norm ? 0.1 : 1 / Math.sqrt(columns);
    double centre = norm ? 1 : 0;
    // Four numbers of 16 bits each have a variance of 4/12 in units of 2^16.
    double unit = scale / Math.sqrt(4 / 12.0) / 65536;
    ByteBuffer row =
        ByteBuffer.allocate(Math.multiplyExact(2, columns)).order(ByteOrder.LITTLE_ENDIAN);
    for (int r = 0; r < rows; r++) {
      row.clear();
      for (int c = 0; c < columns; c++) {
        long bits = random.nextLong();
        long sum =
            (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        row.putShort(brain((float) (centre + (sum - 131070) * unit)));
      }
      out.write(row.array());
    }
  }

  /** BF16, rounded to nearest even. */
  private static short brain(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
