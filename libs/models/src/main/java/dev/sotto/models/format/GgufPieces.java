package dev.sotto.models.format;

import dev.sotto.models.json.StrictJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * SentencePiece's byte-pair encoding, of which GGUF files keep pieces and scores but no merges.
 * Every way to cut a piece into two others is a merge; the better the piece's score, the earlier it
 * comes.
 */
final class GgufPieces {
  private static final int MOST_PIECES = 1 << 19;
  private static final int LONGEST_PIECE = 256;
  private static final int BYTE = 6;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;

  private final GgufFile file;
  private final List<String> tokens;
  private final int[] types;
  private final float[] scores;

  GgufPieces(GgufFile file, List<String> tokens, int[] types) {
    this.file = file;
    this.tokens = tokens;
    this.types = types;
    this.scores = file.reals("tokenizer.ggml.scores");
    if (scores.length != tokens.size() || tokens.size() > MOST_PIECES) {
      throw file.bad(
          "tokenizer.ggml.scores",
          "their number is not that of the tokens, or beyond " + MOST_PIECES);
    }
    for (String token : tokens) {
      if (token.length() > LONGEST_PIECE) {
        throw file.bad(
            "tokenizer.ggml.tokens", "one is longer than " + LONGEST_PIECE + " characters");
      }
    }
  }

  ObjectNode json() {
    ObjectNode json = StrictJson.empty().put("version", "1.0");
    ArrayNode normalizers =
        json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    if (file.flag("tokenizer.ggml.add_space_prefix", true)) {
      normalizers.addObject().put("type", "Prepend").put("prepend", "▁");
    }
    ObjectNode replace = normalizers.addObject().put("type", "Replace");
    replace.putObject("pattern").put("String", " ");
    replace.put("content", "▁");
    json.putNull("pre_tokenizer").putNull("post_processor");
    decoder(json.putObject("decoder").put("type", "Sequence").putArray("decoders"));

    ObjectNode model = json.putObject("model").put("type", "BPE").putNull("dropout");
    ObjectNode vocab = model.putObject("vocab");
    int bytes = 0;
    String unknown = null;
    for (int i = 0; i < types.length; i++) {
      vocab.put(tokens.get(i), i);
      bytes += types[i] == BYTE ? 1 : 0;
      unknown = types[i] == UNKNOWN && unknown == null ? tokens.get(i) : unknown;
    }
    if (bytes != 256) {
      throw file.bad(
          "tokenizer.ggml.token_type", "there are " + bytes + " byte tokens and not 256");
    }
    model.put("unk_token", unknown).put("fuse_unk", true).put("byte_fallback", true);
    ArrayNode merges = model.putArray("merges");
    for (Merge m : merges()) {
      merges.addArray().add(m.left).add(m.right);
    }
    return json;
  }

  private static void decoder(ArrayNode steps) {
    ObjectNode replace = steps.addObject().put("type", "Replace");
    replace.putObject("pattern").put("String", "▁");
    replace.put("content", " ");
    steps.addObject().put("type", "ByteFallback");
    steps.addObject().put("type", "Fuse");
    steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
  }

  private record Merge(String left, String right, float score) {}

  private List<Merge> merges() {
    Map<String, Integer> pieces = new HashMap<>();
    for (int i = 0; i < types.length; i++) {
      boolean joins =
          types[i] != CONTROL
              && types[i] != UNKNOWN
              && types[i] != BYTE
              && types[i] != USER_DEFINED
              && types[i] != UNUSED;
      if (joins) {
        pieces.put(tokens.get(i), i);
      }
    }
    List<Merge> all = new ArrayList<>();
    pieces.forEach(
        (piece, id) -> {
          // Cuts between code points only: a piece is never half a character.
          for (int cut = piece.offsetByCodePoints(0, piece.isEmpty() ? 0 : 1);
              cut < piece.length();
              cut = piece.offsetByCodePoints(cut, 1)) {
            String left = piece.substring(0, cut);
            String right = piece.substring(cut);
            if (pieces.containsKey(left) && pieces.containsKey(right)) {
              all.add(new Merge(left, right, scores[id]));
            }
          }
        });
    all.sort(
        Comparator.comparingDouble((Merge m) -> -m.score)
            .thenComparingInt(m -> -m.left.length())
            .thenComparing(m -> m.left)
            .thenComparing(m -> m.right));
    return all;
  }
}
