package dev.sotto.models.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hugging Face's tokenizers by way of DJL. We call DJL's native methods and not its {@code
 * HuggingFaceTokenizer}, because that one reports its use to its makers, reads a token from the
 * environment and cuts long texts. What ids stand for we look up ourselves, so that answers can be
 * shown byte by byte.
 */
final class BpeTokenizer implements Tokenizer {
  private final Vocabulary vocabulary;
  private final @Nullable Integer begin;
  private final Set<Integer> ends;
  private final Object lock = new Object();
  private long handle;

  BpeTokenizer(StrictJson json, @Nullable String beginToken, Set<Integer> ends) {
    this.vocabulary = Vocabulary.of(json);
    this.begin = beginToken == null ? null : vocabulary.id(beginToken);
    this.ends = Set.copyOf(ends);
    if (beginToken != null && begin == null) {
      throw json.bad("begin token", "the vocabulary does not have it");
    }
    for (int end : ends) {
      if (end >= vocabulary.size()) {
        throw json.bad("end token", "the vocabulary has no id " + end);
      }
    }
    // What cuts or pads belongs to training.
    json.node().putNull("truncation").putNull("padding");
    loadLibrary();
    try {
      this.handle = TokenizersLibrary.LIB.createTokenizerFromString(json.node().toString());
    } catch (RuntimeException e) {
      throw new ModelException(
          json.file()
              + " is not a tokenizer that can be loaded; fetch it again or take another model.",
          e);
    }
    try {
      checkAddedTokens(json);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static void loadLibrary() {
    try {
      LibUtils.checkStatus();
    } catch (RuntimeException | LinkageError e) {
      throw new ModelException(
          "The tokenizers' native library cannot be loaded; it needs Linux, macOS or Windows on a 64-bit machine and a home"
              + " folder that can be written.",
          e);
    }
  }

  /**
   * The library numbers added tokens by itself; that must come out as the file says, or text would
   * turn into others.
   */
  private void checkAddedTokens(StrictJson json) {
    vocabulary
        .added()
        .forEach(
            (token, id) -> {
              int[] ids = encode(token, false);
              if (ids.length != 1 || ids[0] != id) {
                throw json.bad("added_tokens", "the token of id " + id + " does not encode to it");
              }
            });
  }

  @Override
  public int size() {
    return vocabulary.size();
  }

  @Override
  public int[] encode(String text, boolean begin) {
    if (text.length() > LONGEST_TEXT) {
      throw new ModelException(
          "text: it is longer than %d characters; shorten it.".formatted(LONGEST_TEXT));
    }
    if (hasHalfPair(text)) {
      throw new ModelException(
          "text: it is not valid Unicode (half a surrogate pair); repair its encoding.");
    }
    synchronized (lock) {
      if (handle == 0) {
        throw new IllegalStateException("this tokenizer is closed");
      }
      long encoding = TokenizersLibrary.LIB.encode(handle, text, begin);
      try {
        long[] ids = TokenizersLibrary.LIB.getTokenIds(encoding);
        int[] out = new int[ids.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = Math.toIntExact(ids[i]);
        }
        return out;
      } finally {
        TokenizersLibrary.LIB.deleteEncoding(encoding);
      }
    }
  }

  private static boolean hasHalfPair(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public byte[] bytesOf(int id) {
    return vocabulary.bytesOf(id);
  }

  @Override
  public boolean special(int id) {
    return vocabulary.special(id);
  }

  @Override
  public OptionalInt begin() {
    return begin == null ? OptionalInt.empty() : OptionalInt.of(begin);
  }

  @Override
  public Set<Integer> ends() {
    return ends;
  }

  @Override
  public TextStream stream() {
    return new TextStream(this, vocabulary.pieces());
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (handle != 0) {
        TokenizersLibrary.LIB.deleteTokenizer(handle);
        handle = 0;
      }
    }
  }
}
