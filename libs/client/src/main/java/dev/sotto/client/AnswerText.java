package dev.sotto.client;

import dev.sotto.client.AnswerPiece.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * An answer's text and tokens, kept together while either waits for the other: text is held back
 * while it may begin a stop string, and a token that a stop string has cut off is not told.
 */
final class AnswerText {
  private final StopStrings stops;
  private final AnswerListener listener;
  private final StringBuilder shown = new StringBuilder();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int decoded;

  /** A token whose text begins {@code start} characters into the answer. */
  private record Waiting(int start, Token token) {}

  AnswerText(StopStrings stops, AnswerListener listener) {
    this.stops = stops;
    this.listener = listener;
  }

  /** A token and the text that it completes. */
  void accept(Token token, String text) {
    waiting.add(new Waiting(decoded, token));
    decoded += text.length();
    show(stops.accept(text));
  }

  /** What was still open when the answer ended. */
  void finish(String rest) {
    decoded += rest.length();
    show(stops.accept(rest) + stops.finish());
  }

  private void show(String text) {
    shown.append(text);
    boolean all = shown.length() == decoded;
    List<Token> tokens = new ArrayList<>();
    while (!waiting.isEmpty() && (all || waiting.getFirst().start() < shown.length())) {
      tokens.add(waiting.removeFirst().token());
    }
    if (!text.isEmpty() || !tokens.isEmpty()) {
      listener.piece(new AnswerPiece(text, tokens));
    }
  }

  boolean stopped() {
    return stops.stopped();
  }

  String shown() {
    return shown.toString();
  }
}
