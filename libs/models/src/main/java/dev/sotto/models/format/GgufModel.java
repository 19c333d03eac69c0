package dev.sotto.models.format;

import dev.sotto.models.ConfigBounds;
import dev.sotto.models.ModelException;
import dev.sotto.models.text.PublicPart;
import dev.sotto.nn.ModelConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Llama in a GGUF file. Tensors appear under Hugging Face's names and in their layout: GGUF files
 * store the rows of query and key projections as interleaved rotary pairs (2j, 2j + 1), Hugging
 * Face as halves (j, j + headDim/2); reading puts them back.
 */
public final class GgufModel implements ModelFiles {
  private static final String ARCHITECTURE = "llama";

  private final GgufFile file;
  private final ModelConfig config;
  private final Map<String, StoredTensor> tensors;
  private final StoredRows rows = new StoredRows();
  private @Nullable String digest;

  private GgufModel(GgufFile file, ModelConfig config, Map<String, StoredTensor> tensors) {
    this.file = file;
    this.config = config;
    this.tensors = tensors;
  }

  /** Opens a file; whatever it is not fit for is a {@link ModelException}. */
  public static GgufModel open(Path path) {
    GgufFile file = GgufFile.open(path);
    try {
      Map<String, StoredTensor> tensors = renamed(file);
      ModelConfig config = ConfigBounds.check(file.name(), config(file, tensors));
      tensors.remove(GgufRopeFactors.TENSOR);
      LlamaTensors.check(file.name(), config, tensors);
      return new GgufModel(file, config, tensors);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Map<String, StoredTensor> renamed(GgufFile file) {
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    file.tensors().forEach((name, tensor) -> out.put(hubName(name), tensor));
    return out;
  }

  /** Hugging Face's name of a tensor; a name that we do not know stays, to be refused by it. */
  private static String hubName(String name) {
    return switch (name) {
      case "token_embd.weight" -> LlamaTensors.EMBEDDING;
      case "output_norm.weight" -> LlamaTensors.FINAL_NORM;
      case "output.weight" -> LlamaTensors.HEAD;
      default -> {
        int dot = name.indexOf('.', 4);
        if (!name.startsWith("blk.") || dot < 0) {
          yield name;
        }
        String part =
            switch (name.substring(dot + 1)) {
              case "attn_norm.weight" -> "input_layernorm.weight";
              case "attn_q.weight" -> "self_attn.q_proj.weight";
              case "attn_k.weight" -> "self_attn.k_proj.weight";
              case "attn_v.weight" -> "self_attn.v_proj.weight";
              case "attn_output.weight" -> "self_attn.o_proj.weight";
              case "ffn_norm.weight" -> "post_attention_layernorm.weight";
              case "ffn_gate.weight" -> "mlp.gate_proj.weight";
              case "ffn_up.weight" -> "mlp.up_proj.weight";
              case "ffn_down.weight" -> "mlp.down_proj.weight";
              default -> "";
            };
        yield part.isEmpty() ? name : LlamaTensors.LAYER + name.substring(4, dot) + "." + part;
      }
    };
  }

  private static ModelConfig config(GgufFile file, Map<String, StoredTensor> tensors) {
    String architecture = file.text("general.architecture");
    if (!ARCHITECTURE.equals(architecture)) {
      throw new ModelException(
          "%s: general.architecture: %s is not computed; take a model of the llama architecture."
              .formatted(
                  file.name(),
                  architecture == null ? "no architecture" : GgufFile.printable(architecture)));
    }
    if (file.has("split.count") && file.whole("split.count") > 1) {
      throw file.bad("split.count", "a model split over several files is not read; merge them");
    }
    String of = ARCHITECTURE + ".";
    refuse(file, of + "expert_count", "mixtures of experts are not computed");
    refuse(file, of + "attention.sliding_window", "sliding windows are not computed");
    for (String key :
        new String[] {"logit_scale", "attention.scale", "embedding_scale", "residual_scale"}) {
      if (file.has(of + key)) {
        throw file.bad(of + key, "scaled logits, scores or residuals are not computed");
      }
    }
    int heads = file.whole(of + "attention.head_count");
    int hidden = file.whole(of + "embedding_length");
    int headDim = file.whole(of + "attention.key_length", heads == 0 ? 0 : hidden / heads);
    same(file, of + "attention.value_length", headDim);
    same(file, of + "rope.dimension_count", headDim);
    String scaling = file.text(of + "rope.scaling.type");
    if (scaling != null && !scaling.equals("none")) {
      throw file.bad(
          of + "rope.scaling.type",
          GgufFile.printable(scaling) + " is not computed (Llama 3.1's is)");
    }
    double ropeBase = file.real(of + "rope.freq_base", 10_000);
    StoredTensor embedding = tensors.get(LlamaTensors.EMBEDDING);
    if (embedding == null) {
      throw file.bad("token_embd.weight", "it is missing");
    }
    same(file, of + "vocab_size", embedding.rows());
    StoredTensor factors = tensors.get(GgufRopeFactors.TENSOR);
    return new ModelConfig(
        ARCHITECTURE,
        file.whole(of + "block_count"),
        hidden,
        heads,
        file.whole(of + "attention.head_count_kv", heads),
        headDim,
        file.whole(of + "feed_forward_length"),
        embedding.rows(),
        file.whole(of + "context_length"),
        // The file holds a 32-bit 1e-5, which is 9.99999975e-6: say what was meant.
        shortest(file.real(of + "attention.layer_norm_rms_epsilon", 0)),
        shortest(ropeBase),
        factors == null ? null : GgufRopeFactors.scaling(file, factors, headDim, ropeBase),
        !tensors.containsKey(LlamaTensors.HEAD));
  }

  /** The decimal that was rounded to this float. */
  private static double shortest(double value) {
    return Double.parseDouble(Float.toString((float) value));
  }

  private static void refuse(GgufFile file, String key, String problem) {
    if (file.whole(key, 0) != 0) {
      throw file.bad(key, problem);
    }
  }

  private static void same(GgufFile file, String key, int expected) {
    int value = file.whole(key, expected);
    if (value != expected) {
      throw file.bad(key, value + " where " + expected + " follows from the rest");
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
    boolean paired =
        name.endsWith("self_attn.q_proj.weight") || name.endsWith("self_attn.k_proj.weight");
    for (int i = 0; i < count; i++) {
      int from = paired ? pairedRow(row + i, config.headDim()) : row + i;
      rows.read(name, tensor, from, out, i * tensor.columns());
    }
  }

  /**
   * Where a GGUF file keeps the row that belongs into rotary halves: head, half, pair → head, pair,
   * half.
   */
  static int pairedRow(int row, int headDim) {
    int within = row % headDim;
    int half = headDim / 2;
    return row - within + 2 * (within % half) + within / half;
  }

  private StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelException(
          "%s has no tensor %s; its tensors are those of a Llama.".formatted(file.name(), name));
    }
    return tensor;
  }

  @Override
  public String digest() {
    String known = digest;
    if (known == null) {
      known = MappedFile.hex(file.file().sha256());
      digest = known;
    }
    return known;
  }

  /**
   * The model's public part, built from the file's metadata; a tokenizer that we cannot build is
   * refused by name.
   */
  @Override
  public PublicPart publicPart() {
    return GgufVocabulary.publicPart(file, config, digest());
  }

  @Override
  public void close() {
    file.close();
  }
}
