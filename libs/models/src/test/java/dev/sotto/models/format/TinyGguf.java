package dev.sotto.models.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A complete small Llama as a GGUF file. */
final class TinyGguf {
  static final int HIDDEN = 32;
  static final int HEADS = 4;
  static final int KV_HEADS = 2;
  static final int HEAD_DIM = 8;
  static final int FFN = 64;
  static final int LAYERS = 2;

  private TinyGguf() {}

  /** F32 throughout, tied, with a byte-level vocabulary and a chat template. */
  static GgufWriter writer(long seed) {
    Random random = new Random(seed);
    GgufWriter w = new GgufWriter();
    w.with("general.architecture", "llama")
        .with("general.name", "tiny")
        .with("llama.block_count", LAYERS)
        .with("llama.context_length", 128)
        .with("llama.embedding_length", HIDDEN)
        .with("llama.feed_forward_length", FFN)
        .with("llama.attention.head_count", HEADS)
        .with("llama.attention.head_count_kv", KV_HEADS)
        .with("llama.attention.layer_norm_rms_epsilon", 1e-5f)
        .with("llama.rope.freq_base", 10000f)
        .with("llama.rope.dimension_count", HEAD_DIM);
    List<String> tokens = vocabulary(w);
    w.tensor(
        "token_embd.weight",
        NumberFormat.F32,
        tokens.size(),
        HIDDEN,
        floats(random, tokens.size() * HIDDEN));
    for (int i = 0; i < LAYERS; i++) {
      String at = "blk." + i + ".";
      w.tensor(at + "attn_norm.weight", NumberFormat.F32, HIDDEN, floats(random, HIDDEN));
      w.tensor(
          at + "attn_q.weight", NumberFormat.F32, HIDDEN, HIDDEN, floats(random, HIDDEN * HIDDEN));
      int kv = KV_HEADS * HEAD_DIM;
      w.tensor(at + "attn_k.weight", NumberFormat.F32, kv, HIDDEN, floats(random, kv * HIDDEN));
      w.tensor(at + "attn_v.weight", NumberFormat.F32, kv, HIDDEN, floats(random, kv * HIDDEN));
      w.tensor(
          at + "attn_output.weight",
          NumberFormat.F32,
          HIDDEN,
          HIDDEN,
          floats(random, HIDDEN * HIDDEN));
      w.tensor(at + "ffn_norm.weight", NumberFormat.F32, HIDDEN, floats(random, HIDDEN));
      w.tensor(at + "ffn_gate.weight", NumberFormat.F32, FFN, HIDDEN, floats(random, FFN * HIDDEN));
      w.tensor(at + "ffn_up.weight", NumberFormat.F32, FFN, HIDDEN, floats(random, FFN * HIDDEN));
      w.tensor(at + "ffn_down.weight", NumberFormat.F32, HIDDEN, FFN, floats(random, FFN * HIDDEN));
    }
    w.tensor("output_norm.weight", NumberFormat.F32, HIDDEN, floats(random, HIDDEN));
    return w;
  }

  private static List<String> vocabulary(GgufWriter w) {
    List<String> tokens = new ArrayList<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
    for (int b = 0; b < 256; b++) {
      tokens.add(byteLetter(b));
    }
    List<String> merges = List.of("h e", "l l", "he ll", "hell o", "Ġ w", "o r", "Ġw or");
    for (String m : merges) {
      tokens.add(m.replace(" ", ""));
    }
    int[] types = new int[tokens.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = i < 3 ? 3 : 1;
    }
    w.with("tokenizer.ggml.model", "gpt2")
        .with("tokenizer.ggml.pre", "smollm")
        .with("tokenizer.ggml.tokens", tokens)
        .with("tokenizer.ggml.token_type", types)
        .with("tokenizer.ggml.merges", merges)
        .with("tokenizer.ggml.bos_token_id", 1)
        .with("tokenizer.ggml.eos_token_id", 2)
        .with("tokenizer.ggml.add_bos_token", false)
        .with(
            "tokenizer.chat_template",
            "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
                + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}");
    return tokens;
  }

  /**
   * The letter by which byte-level vocabularies spell a byte, counted out as GPT-2's encoder does.
   */
  static String byteLetter(int b) {
    int moved = 0;
    for (int i = 0; i <= b; i++) {
      boolean itself = (i >= '!' && i <= '~') || (i >= 0xa1 && i <= 0xac) || i >= 0xae;
      if (i == b) {
        return Character.toString(itself ? i : 256 + moved);
      }
      moved += itself ? 0 : 1;
    }
    throw new IllegalArgumentException("byte " + b);
  }

  static byte[] floats(Random random, int count) {
    GgufWriter.Bytes out = new GgufWriter.Bytes();
    for (int i = 0; i < count; i++) {
      out.i32(Float.floatToRawIntBits((float) random.nextGaussian()));
    }
    return out.bytes();
  }
}
