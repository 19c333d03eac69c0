package dev.sotto.models.text;

import dev.sotto.models.ConfigBounds;
import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.ModelConfig.RopeScaling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What anyone may know of a model, and all that an enclave needs of it: its shape, its tokenizer
 * and its chat template, no weights. One file of JSON; travels beside the shards.
 *
 * @param config the model's shape
 * @param modelDigest sha256 over the model's files, hex
 * @param tokenizerJson the tokenizer in Hugging Face's {@code tokenizer.json} format
 * @param chatTemplate a Jinja chat template, or null where the model is not made for conversation
 * @param beginToken the token a text begins with, as templates spell it, or null
 * @param endToken the token an answer ends with, as templates spell it, or null
 * @param endIds ids that end an answer
 */
public record PublicPart(
    ModelConfig config,
    String modelDigest,
    String tokenizerJson,
    @Nullable String chatTemplate,
    @Nullable String beginToken,
    @Nullable String endToken,
    Set<Integer> endIds) {
  private static final int FORMAT = 1;

  /** Copies. */
  public PublicPart {
    endIds = Set.copyOf(endIds);
  }

  /** Opens the tokenizer; refuses one with ids that the model has no embedding for. */
  public Tokenizer tokenizer() {
    BpeTokenizer tokenizer =
        new BpeTokenizer(StrictJson.parse("tokenizer.json", tokenizerJson), beginToken, endIds);
    if (tokenizer.size() > config.vocab()) {
      tokenizer.close();
      throw new ModelException(
          "tokenizer.json: it has ids up to %d and the model embeds %d; they do not belong together."
              .formatted(tokenizer.size() - 1, config.vocab()));
    }
    return tokenizer;
  }

  /** The chat template, if there is one. */
  public Optional<ChatTemplate> template() {
    return Optional.ofNullable(chatTemplate)
        .map(
            source ->
                new ChatTemplate(
                    source,
                    beginToken == null ? "" : beginToken,
                    endToken == null ? "" : endToken));
  }

  /** sha256 of the tokenizer, hex. */
  public String tokenizerDigest() {
    return sha256(tokenizerJson);
  }

  /** sha256 of the chat template, hex; of nothing where there is none. */
  public String templateDigest() {
    return sha256(chatTemplate == null ? "" : chatTemplate);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Writes the file, at once or not at all. */
  public void write(Path file) throws IOException {
    ObjectNode c = StrictJson.empty();
    c.put("architecture", config.architecture())
        .put("layers", config.layers())
        .put("hidden", config.hidden())
        .put("heads", config.heads())
        .put("kv_heads", config.kvHeads())
        .put("head_dim", config.headDim())
        .put("ffn", config.ffn())
        .put("vocab", config.vocab())
        .put("context", config.context())
        .put("norm_epsilon", config.normEpsilon())
        .put("rope_base", config.ropeBase())
        .put("tied_embedding", config.tiedEmbedding());
    RopeScaling scaling = config.ropeScaling();
    if (scaling != null) {
      c.putObject("rope_scaling")
          .put("factor", scaling.factor())
          .put("low_frequency", scaling.lowFrequency())
          .put("high_frequency", scaling.highFrequency())
          .put("original_context", scaling.originalContext());
    }
    ObjectNode all = StrictJson.empty();
    all.put("format", FORMAT).put("model_digest", modelDigest);
    all.set("config", c);
    all.put("chat_template", chatTemplate)
        .put("begin_token", beginToken)
        .put("end_token", endToken);
    new TreeSet<>(endIds).forEach(all.putArray("end_ids")::add);
    all.put("tokenizer", tokenizerJson);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(part, all.toString());
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Reads what {@link #write} wrote; anything else is a {@link ModelException}. */
  public static PublicPart read(Path file) {
    StrictJson all = StrictJson.read(file);
    if (all.whole("format") != FORMAT) {
      throw all.bad("format", "it is not " + FORMAT);
    }
    StrictJson c = all.object("config");
    if (c == null) {
      throw all.bad("config", "it is missing");
    }
    StrictJson s = c.object("rope_scaling");
    ModelConfig config =
        new ModelConfig(
            required(c, "architecture"),
            c.whole("layers"),
            c.whole("hidden"),
            c.whole("heads"),
            c.whole("kv_heads"),
            c.whole("head_dim"),
            c.whole("ffn"),
            c.whole("vocab"),
            c.whole("context"),
            c.real("norm_epsilon", 0),
            c.real("rope_base", 0),
            s == null
                ? null
                : new RopeScaling(
                    s.real("factor", 0),
                    s.real("low_frequency", 0),
                    s.real("high_frequency", 0),
                    s.whole("original_context")),
            c.flag("tied_embedding", false));
    TreeSet<Integer> ends = new TreeSet<>();
    for (JsonNode n : all.node().path("end_ids")) {
      ends.add(all.whole("end_ids", n));
    }
    return new PublicPart(
        ConfigBounds.check(all.file(), config),
        required(all, "model_digest"),
        required(all, "tokenizer"),
        all.text("chat_template"),
        all.text("begin_token"),
        all.text("end_token"),
        ends);
  }

  private static String required(StrictJson json, String field) {
    String text = json.text(field);
    if (text == null) {
      throw json.bad(field, "it is missing");
    }
    return text;
  }
}
