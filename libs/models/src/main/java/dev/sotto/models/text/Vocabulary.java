package dev.sotto.models.text;

import dev.sotto.models.json.StrictJson;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What each id of a {@code tokenizer.json} stands for. Byte-pair encodings only, spelled by bytes
 * or by SentencePiece.
 */
final class Vocabulary {
  private static final int MOST_TOKENS = 1 << 21;
  private static final int MOST_ADDED = 1 << 14;
  private static final int MOST_MERGES = 1 << 22;
  private static final Pattern BYTE_TOKEN = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  private final byte[][] bytes;
  private final BitSet special = new BitSet();
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<String, Integer> added = new HashMap<>();
  private final boolean pieces;

  private Vocabulary(byte[][] bytes, boolean pieces) {
    this.bytes = bytes;
    this.pieces = pieces;
  }

  static Vocabulary of(StrictJson json) {
    StrictJson model = json.object("model");
    if (model == null) {
      throw json.bad("model", "it is missing");
    }
    String type = model.text("type");
    // Old files leave the type of a byte-pair encoding out.
    if (!(type == null ? model.has("merges") : type.equals("BPE"))) {
      throw json.bad(
          "model.type", StrictJson.printable(String.valueOf(type)) + " is not read, only BPE is");
    }
    StrictJson vocab = model.object("vocab");
    if (vocab == null) {
      throw json.bad("model.vocab", "it is missing");
    }
    JsonNode merges = model.node().get("merges");
    if (merges == null || !merges.isArray() || merges.size() > MOST_MERGES) {
      throw json.bad("model.merges", "it is not a list of at most " + MOST_MERGES);
    }
    boolean byteLetters = mentions(json.node().get("decoder"), "ByteLevel");
    boolean pieces = !byteLetters && model.flag("byte_fallback", false);
    if (!byteLetters && !pieces) {
      throw json.bad(
          "decoder",
          "neither bytes nor SentencePiece's byte fallback; other spellings are not read");
    }
    JsonNode added = json.node().path("added_tokens");
    Vocabulary v = new Vocabulary(new byte[size(json, vocab, added)][], pieces);
    vocab
        .node()
        .forEachEntry(
            (token, n) ->
                v.put(
                    json,
                    token,
                    vocab.whole("id in model.vocab", n),
                    pieces ? piece(token) : spelled(token)));
    for (JsonNode n : added) {
      String content = n.path("content").isString() ? n.path("content").stringValue() : null;
      if (content == null || content.isEmpty()) {
        throw json.bad("added_tokens", "one has no content");
      }
      int id = json.whole("id in added_tokens", n.path("id"));
      Integer known = v.ids.get(content);
      if (known == null) {
        v.put(json, content, id, ByteLetters.utf8(content));
      } else if (known != id) {
        throw json.bad("added_tokens", "one has another id in the vocabulary");
      }
      if (v.added.put(content, id) != null || v.added.size() > MOST_ADDED) {
        throw json.bad("added_tokens", "one is there twice, or there are more than " + MOST_ADDED);
      }
      v.bytes[id] = ByteLetters.utf8(content);
      v.special.set(id, n.path("special").asBoolean(false));
    }
    return v;
  }

  private static int size(StrictJson json, StrictJson vocab, JsonNode added) {
    int[] size = {0};
    vocab
        .node()
        .forEachEntry(
            (token, n) -> size[0] = Math.max(size[0], vocab.whole("id in model.vocab", n)));
    for (JsonNode n : added) {
      size[0] = Math.max(size[0], json.whole("id in added_tokens", n.path("id")));
    }
    if (size[0] >= MOST_TOKENS) {
      throw json.bad("model.vocab", "it has an id beyond " + MOST_TOKENS);
    }
    return size[0] + 1;
  }

  private void put(StrictJson json, String token, int id, byte[] stands) {
    if (bytes[id] != null) {
      throw json.bad("model.vocab", "two tokens have the id " + id);
    }
    bytes[id] = stands;
    ids.put(token, id);
  }

  private static byte[] spelled(String token) {
    byte[] bytes = ByteLetters.bytes(token);
    return bytes == null ? ByteLetters.utf8(token) : bytes;
  }

  private static byte[] piece(String token) {
    Matcher m = BYTE_TOKEN.matcher(token);
    return m.matches()
        ? new byte[] {(byte) Integer.parseInt(m.group(1), 16)}
        : ByteLetters.utf8(token.replace('▁', ' '));
  }

  /** Whether a node or one below it has this {@code type}. */
  private static boolean mentions(@Nullable JsonNode root, String type) {
    Deque<JsonNode> open = new ArrayDeque<>();
    if (root != null) {
      open.add(root);
    }
    while (!open.isEmpty()) {
      JsonNode n = open.removeLast();
      if (n.path("type").isString() && n.path("type").stringValue().equals(type)) {
        return true;
      }
      open.addAll(n.values());
    }
    return false;
  }

  int size() {
    return bytes.length;
  }

  /** Whether spaces are spelled ▁ and a text's first one is an addition. */
  boolean pieces() {
    return pieces;
  }

  byte[] bytesOf(int id) {
    if (id < 0 || id >= bytes.length) {
      throw new IllegalArgumentException("token id: it is not from 0 to " + (bytes.length - 1));
    }
    byte[] b = bytes[id];
    return b == null || special.get(id) ? new byte[0] : b.clone();
  }

  /** Added tokens, spelled out, and their ids. */
  Map<String, Integer> added() {
    return added;
  }

  boolean special(int id) {
    return special.get(id);
  }

  @Nullable Integer id(String token) {
    return ids.get(token);
  }
}
