package dev.sotto.models.format;

import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import dev.sotto.models.text.PublicPart;
import dev.sotto.nn.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A Llama in a folder in Hugging Face's layout: {@code config.json}, {@code model.safetensors} or
 * an index with several files, {@code tokenizer.json} and what belongs to it.
 */
public final class HubModel implements ModelFiles {
  private static final String CONFIG = "config.json";
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final int MOST_FILES = 4096;
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}");

  /** Buffers of old checkpoints: frequencies that follow from the configuration. */
  private static final Pattern ROTARY_BUFFER =
      Pattern.compile("model\\.layers\\.\\d+\\.self_attn\\.rotary_emb\\.inv_freq");

  private final Path folder;
  private final ModelConfig config;
  private final List<SafetensorsFile> files;
  private final Map<String, StoredTensor> tensors;
  private final StoredRows rows = new StoredRows();
  private @Nullable String digest;

  private HubModel(
      Path folder,
      ModelConfig config,
      List<SafetensorsFile> files,
      Map<String, StoredTensor> tensors) {
    this.folder = folder;
    this.config = config;
    this.files = files;
    this.tensors = tensors;
  }

  /** Opens a folder; whatever it is not fit for is a {@link ModelException}. */
  public static HubModel open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ModelException(folder.getFileName() + " is not a folder; check the path.");
    }
    ModelConfig config = HubConfig.read(StrictJson.read(folder.resolve(CONFIG)));
    List<SafetensorsFile> files = new ArrayList<>();
    try {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      Path index = folder.resolve(INDEX);
      if (Files.isRegularFile(folder.resolve(SINGLE)) || !Files.isRegularFile(index)) {
        files.add(SafetensorsFile.open(folder.resolve(SINGLE)));
        tensors.putAll(files.getFirst().tensors());
      } else {
        gather(folder, StrictJson.read(index), files, tensors);
      }
      tensors.keySet().removeIf(name -> ROTARY_BUFFER.matcher(name).matches());
      if (config.tiedEmbedding()) {
        // Some checkpoints store the same matrix twice; the configuration decides.
        tensors.remove(LlamaTensors.HEAD);
      }
      LlamaTensors.check(String.valueOf(folder.getFileName()), config, tensors);
      return new HubModel(folder, config, files, tensors);
    } catch (RuntimeException e) {
      files.forEach(SafetensorsFile::close);
      throw e;
    }
  }

  private static void gather(
      Path folder,
      StrictJson index,
      List<SafetensorsFile> files,
      Map<String, StoredTensor> tensors) {
    StrictJson map = index.object("weight_map");
    if (map == null) {
      throw index.bad("weight_map", "it is missing");
    }
    Map<String, String> fileOf = new LinkedHashMap<>();
    map.node()
        .forEachEntry(
            (tensor, file) -> fileOf.put(tensor, file.isString() ? file.stringValue() : ""));
    Set<String> names = new TreeSet<>(fileOf.values());
    if (names.size() > MOST_FILES) {
      throw index.bad("weight_map", "it names more than " + MOST_FILES + " files");
    }
    for (String name : names) {
      if (!PLAIN_NAME.matcher(name).matches()) {
        // A path with folders could lead out of the model's own.
        throw index.bad("weight_map", "a file's name is not a plain one");
      }
      SafetensorsFile file = SafetensorsFile.open(folder.resolve(name));
      files.add(file);
      file.tensors()
          .forEach(
              (tensor, stored) -> {
                if (!name.equals(fileOf.get(tensor)) || tensors.put(tensor, stored) != null) {
                  throw index.bad(
                      StrictJson.printable(tensor), "it is in another file than the index says");
                }
              });
    }
    for (String tensor : fileOf.keySet()) {
      if (!tensors.containsKey(tensor)) {
        throw index.bad(StrictJson.printable(tensor), "the file that should have it has it not");
      }
    }
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public Set<String> names() {
    return Set.copyOf(tensors.keySet());
  }

  @Override
  public int rows(String name) {
    return tensor(name).rows();
  }

  @Override
  public int columns(String name) {
    return tensor(name).columns();
  }

  @Override
  public void read(String name, int row, int count, float[] out) {
    StoredTensor tensor = tensor(name);
    StoredRows.checkRange(name, tensor, row, count, out);
    for (int i = 0; i < count; i++) {
      rows.read(name, tensor, row + i, out, i * tensor.columns());
    }
  }

  private StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelException(
          "%s has no tensor %s; its tensors are those of a Llama."
              .formatted(folder.getFileName(), name));
    }
    return tensor;
  }

  /**
   * sha256 over the sha256 of {@code config.json} and of each safetensors file in the order of
   * their names.
   */
  @Override
  public String digest() {
    String known = digest;
    if (known == null) {
      MessageDigest all = MappedFile.newSha256();
      all.update(MappedFile.newSha256().digest(StrictJson.bytes(folder.resolve(CONFIG))));
      for (SafetensorsFile file : files) {
        all.update(file.file().sha256());
      }
      known = MappedFile.hex(all.digest());
      digest = known;
    }
    return known;
  }

  /** The model's public part, from the tokenizer's and the template's files beside the weights. */
  @Override
  public PublicPart publicPart() {
    StrictJson tokenizer = StrictJson.read(folder.resolve("tokenizer.json"));
    StrictJson words = StrictJson.readIfThere(folder.resolve("tokenizer_config.json"));
    StrictJson generation = StrictJson.readIfThere(folder.resolve("generation_config.json"));
    StrictJson model = StrictJson.read(folder.resolve(CONFIG));
    String end = words == null ? null : token(words, "eos_token");
    TreeSet<Integer> ends = new TreeSet<>();
    ids(model, "eos_token_id", ends);
    if (generation != null) {
      ids(generation, "eos_token_id", ends);
    }
    if (end != null) {
      for (JsonNode added : tokenizer.node().path("added_tokens")) {
        if (end.equals(added.path("content").asString(""))) {
          ends.add(tokenizer.whole("id in added_tokens", added.path("id")));
        }
      }
    }
    return new PublicPart(
        config,
        digest(),
        tokenizer.node().toString(),
        template(words),
        words == null ? null : token(words, "bos_token"),
        end,
        ends);
  }

  private @Nullable String template(@Nullable StrictJson words) {
    Path own = folder.resolve("chat_template.jinja");
    if (Files.isRegularFile(own)) {
      return StrictJson.text(own);
    }
    if (words == null || !words.has("chat_template")) {
      return null;
    }
    JsonNode template = words.node().get("chat_template");
    if (template == null || !template.isArray()) {
      return words.text("chat_template");
    }
    // Several named templates: the one for plain conversation is called default.
    for (JsonNode one : template) {
      if (one.path("name").asString("").equals("default")) {
        return one.path("template").asString("");
      }
    }
    throw words.bad("chat_template", "none of the several is called default");
  }

  /** A special token: a text, or an object that has it as its content. */
  private static @Nullable String token(StrictJson json, String field) {
    JsonNode n = json.node().get(field);
    if (n == null || n.isNull()) {
      return null;
    }
    JsonNode content = n.isObject() ? n.path("content") : n;
    if (!content.isString()) {
      throw json.bad(field, "it is not a token");
    }
    return content.stringValue();
  }

  private static void ids(StrictJson json, String field, Set<Integer> out) {
    JsonNode n = json.node().get(field);
    if (n == null || n.isNull()) {
      return;
    }
    if (n.isArray() && n.size() <= 64) {
      n.forEach(id -> out.add(json.whole(field, id)));
    } else {
      out.add(json.whole(field, n));
    }
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }
}
