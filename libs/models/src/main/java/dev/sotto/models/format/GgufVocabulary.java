package dev.sotto.models.format;

import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import dev.sotto.models.text.PublicPart;
import dev.sotto.nn.ModelConfig;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The vocabulary of a GGUF file, written as the {@code tokenizer.json} that it was made from:
 * byte-level byte-pair encodings ({@code gpt2}) with the pre-tokenizers named here, and
 * SentencePiece's ({@code llama}).
 */
final class GgufVocabulary {
  static final int MOST_TOKEN_BYTES = 1024;
  private static final long MOST_BYTES = 48L << 20;

  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  /** Ends of turns, which files may leave out of their metadata. */
  private static final Set<String> ENDS = Set.of("<|im_end|>", "<|eot_id|>", "<|eom_id|>");

  private final GgufFile file;
  private final List<String> tokens;
  private final int[] types;

  private GgufVocabulary(GgufFile file) {
    this.file = file;
    this.tokens = file.texts("tokenizer.ggml.tokens", MOST_TOKEN_BYTES, MOST_BYTES);
    if (file.has("tokenizer.ggml.token_type")) {
      this.types = file.wholes("tokenizer.ggml.token_type");
    } else {
      this.types = new int[tokens.size()];
      Arrays.fill(types, NORMAL);
    }
  }

  /** What the file says publicly. */
  static PublicPart publicPart(GgufFile file, ModelConfig config, String digest) {
    GgufVocabulary v = new GgufVocabulary(file);
    if (v.tokens.size() != config.vocab() || v.types.length != v.tokens.size()) {
      throw file.bad(
          "tokenizer.ggml.tokens",
          "their number is not that of the embedding's rows or of their types");
    }
    if (new HashSet<>(v.tokens).size() != v.tokens.size()) {
      throw file.bad("tokenizer.ggml.tokens", "two of them are equal");
    }
    String model = file.text("tokenizer.ggml.model");
    String pre = file.text("tokenizer.ggml.pre");
    Integer begin = v.id("tokenizer.ggml.bos_token_id");
    Integer end = v.id("tokenizer.ggml.eos_token_id");
    ObjectNode json =
        switch (model) {
          case "gpt2" -> v.byteLevel(PreTokenizer.named(file.name(), pre));
          case "llama" -> new GgufPieces(file, v.tokens, v.types).json();
          case null -> throw file.bad("tokenizer.ggml.model", "it is missing");
          default ->
              throw new ModelException(
                  "%s: tokenizer.ggml.model: %s is not read; take a model whose tokenizer is gpt2 or llama."
                      .formatted(file.name(), GgufFile.printable(model)));
        };
    boolean wantsBegin =
        file.flag(
            "tokenizer.ggml.add_bos_token",
            model.equals("llama") || PreTokenizer.LLAMA3.called(pre));
    v.addedTokens(json);
    if (wantsBegin && begin != null) {
      beginWith(json, v.tokens.get(begin), begin);
    }
    return new PublicPart(
        config,
        digest,
        json.toString(),
        file.text("tokenizer.chat_template"),
        begin == null ? null : v.tokens.get(begin),
        end == null ? null : v.tokens.get(end),
        v.ends(end));
  }

  private @Nullable Integer id(String key) {
    if (!file.has(key)) {
      return null;
    }
    int id = file.whole(key);
    if (id >= tokens.size()) {
      throw file.bad(key, id + " is not the id of a token");
    }
    return id;
  }

  private Set<Integer> ends(@Nullable Integer end) {
    TreeSet<Integer> ids = new TreeSet<>();
    for (String key : List.of("tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id")) {
      Integer id = id(key);
      if (id != null) {
        ids.add(id);
      }
    }
    if (end != null) {
      ids.add(end);
    }
    for (int i = 0; i < tokens.size(); i++) {
      if (types[i] == CONTROL && ENDS.contains(tokens.get(i))) {
        ids.add(i);
      }
    }
    return ids;
  }

  private ObjectNode byteLevel(PreTokenizer pre) {
    ObjectNode json = StrictJson.empty().put("version", "1.0");
    json.set("normalizer", pre.normalizer());
    json.set("pre_tokenizer", pre.json());
    json.putNull("post_processor");
    json.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
    ObjectNode model = json.putObject("model").put("type", "BPE");
    model
        .putNull("dropout")
        .putNull("unk_token")
        .put("byte_fallback", false)
        .put("ignore_merges", pre.ignoresMerges());
    ObjectNode vocab = model.putObject("vocab");
    for (int i = 0; i < tokens.size(); i++) {
      vocab.put(tokens.get(i), i);
    }
    ArrayNode merges = model.putArray("merges");
    for (String merge : file.texts("tokenizer.ggml.merges", 2 * MOST_TOKEN_BYTES + 1, MOST_BYTES)) {
      int space = merge.indexOf(' ', 1);
      if (space < 0 || space == merge.length() - 1) {
        throw file.bad("tokenizer.ggml.merges", "one is not two tokens with a space between");
      }
      String left = merge.substring(0, space);
      String right = merge.substring(space + 1);
      if (!vocab.has(left) || !vocab.has(right) || !vocab.has(left + right)) {
        throw file.bad("tokenizer.ggml.merges", "one is not of two tokens into a third");
      }
      merges.addArray().add(left).add(right);
    }
    return json;
  }

  private void addedTokens(ObjectNode json) {
    ArrayNode added = json.putArray("added_tokens");
    for (int i = 0; i < tokens.size(); i++) {
      boolean special = types[i] == CONTROL || types[i] == UNKNOWN;
      if ((special || types[i] == USER_DEFINED) && !tokens.get(i).isEmpty()) {
        added
            .addObject()
            .put("id", i)
            .put("content", tokens.get(i))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", special);
      }
    }
  }

  private static void beginWith(ObjectNode json, String token, int id) {
    ObjectNode post = json.putObject("post_processor").put("type", "TemplateProcessing");
    for (String which : new String[] {"single", "pair"}) {
      ArrayNode sequence = post.putArray(which);
      List<String> parts = which.equals("single") ? List.of("A") : List.of("A", "B");
      int type = 0;
      for (String part : parts) {
        sequence.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
        sequence.addObject().putObject("Sequence").put("id", part).put("type_id", type++);
      }
    }
    ObjectNode special = post.putObject("special_tokens").putObject(token).put("id", token);
    special.putArray("ids").add(id);
    special.putArray("tokens").add(token);
  }
}
