package dev.sotto.openai.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.client.AnswerPiece.Choice;
import dev.sotto.client.AnswerPiece.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Probabilities of an answer's tokens.
 *
 * @param content of each token, in order
 * @param refusal always null
 */
public record ChatLogprobs(List<Content> content, @Nullable List<Content> refusal) {
  /** Copies. */
  public ChatLogprobs {
    content = List.copyOf(content);
  }

  /**
   * A token in its place.
   *
   * @param token its text; half a character shows as U+FFFD
   * @param logprob natural logarithm of its probability under the model alone
   * @param bytes what it stands for
   * @param topLogprobs the likeliest tokens in its place
   */
  public record Content(
      String token,
      double logprob,
      List<Integer> bytes,
      @JsonProperty("top_logprobs") List<Top> topLogprobs) {}

  /**
   * A token that could have been in its place.
   *
   * @param token as in {@link Content}
   * @param logprob likewise
   * @param bytes likewise
   */
  public record Top(String token, double logprob, List<Integer> bytes) {}

  /** Of these tokens. */
  public static ChatLogprobs of(List<Token> tokens) {
    return new ChatLogprobs(contents(tokens), null);
  }

  /** As the responses API lists them. */
  public static List<Content> contents(List<Token> tokens) {
    return tokens.stream()
        .map(
            token ->
                new Content(
                    text(token.choice()),
                    token.choice().logprob(),
                    bytes(token.choice()),
                    token.top().stream()
                        .map(top -> new Top(text(top), top.logprob(), bytes(top)))
                        .toList()))
        .toList();
  }

  /** A token's text; half a character shows as U+FFFD. */
  public static String text(Choice choice) {
    return new String(choice.bytes(), StandardCharsets.UTF_8);
  }

  private static List<Integer> bytes(Choice choice) {
    List<Integer> bytes = new ArrayList<>();
    for (byte b : choice.bytes()) {
      bytes.add(b & 0xff);
    }
    return bytes;
  }
}
