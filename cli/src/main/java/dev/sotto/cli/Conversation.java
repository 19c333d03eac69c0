package dev.sotto.cli;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerListener;
import dev.sotto.client.AnswerPiece;
import dev.sotto.client.InvalidParameter;
import dev.sotto.client.Sampling;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.LaneDistrusted;
import dev.sotto.contracts.Protection;
import dev.sotto.models.ModelException;
import dev.sotto.models.text.ChatMessage;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A conversation, a line a turn. Ctrl-C stops an answer and not the conversation; what was said
 * until then is part of it.
 */
final class Conversation {
  private final Partner partner;
  private final List<ChatMessage> before;
  private final Sampling sampling;
  private final List<String> stops;
  private final int maxTokens;
  private final List<ChatMessage> messages = new ArrayList<>();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private int turns;

  Conversation(
      Partner partner,
      List<ChatMessage> before,
      Sampling sampling,
      List<String> stops,
      int maxTokens) {
    this.partner = partner;
    this.before = before;
    this.sampling = sampling;
    this.stops = stops;
    this.maxTokens = maxTokens;
    messages.addAll(before);
  }

  /** Who answers. */
  interface Partner {
    /** A model's name. */
    String model();

    /** What every answer is given. */
    Protection protection();

    /** Token ids of a conversation; {@link InvalidParameter} if it leaves no room for an answer. */
    int[] prompt(List<ChatMessage> messages);

    /** The answer to a prompt. */
    Answer answer(
        int[] prompt,
        Sampling sampling,
        List<String> stops,
        int maxTokens,
        AnswerListener listener);
  }

  /** Where a person's lines come from. */
  interface Lines extends AutoCloseable {
    /** The next line, or null at the end. */
    @Nullable String next() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Holds it on a terminal, where there is one, otherwise from lines of standard input. */
  void hold(PrintWriter out, PrintWriter err) throws IOException {
    if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()) {
      err.printf(
          "%s, protection %s; only this process sees what is said.%n",
          partner.model(), partner.protection());
      err.println("Ctrl-C stops an answer, Ctrl-D ends, /new begins anew.");
      err.flush();
      try (TerminalLines lines = new TerminalLines(() -> stopped.set(true))) {
        hold(lines, lines.out(), lines.out());
      }
    } else {
      hold(lines(System.in), out, err);
    }
  }

  /** Lines of a stream, bounded, in UTF-8. */
  static Lines lines(InputStream in) {
    return new StreamLines(in);
  }

  /** Holds it over these lines, until they end. */
  void hold(Lines lines, PrintWriter out, PrintWriter err) throws IOException {
    for (String line = lines.next(); line != null; line = lines.next()) {
      switch (line.strip()) {
        case "" -> {}
        case "/new" -> {
          messages.clear();
          messages.addAll(before);
        }
        case "/exit", "/quit" -> {
          return;
        }
        default -> turn(line, out, err);
      }
    }
  }

  private void turn(String said, PrintWriter out, PrintWriter err) {
    messages.add(ChatMessage.user(said));
    Shown shown = new Shown(new StringBuilder(), out, stopped);
    stopped.set(false);
    try {
      int[] prompt = partner.prompt(messages);
      partner.answer(prompt, sampling.withSeed(sampling.seed() + turns++), stops, maxTokens, shown);
    } catch (CancellationException e) {
      out.print(" …");
    } catch (InvalidParameter e) {
      messages.removeLast();
      complain(err, "the conversation " + e.getMessage() + ", or begin anew with /new");
      return;
    } catch (LaneException | JobRefused | LaneDistrusted | ModelException e) {
      messages.removeLast();
      complain(err, String.valueOf(e.getMessage()));
      return;
    }
    out.println();
    out.flush();
    messages.add(ChatMessage.assistant(shown.text().toString()));
  }

  private static void complain(PrintWriter err, String sentence) {
    err.println();
    err.println("sotto: " + sentence);
    err.flush();
  }

  private record Shown(StringBuilder text, PrintWriter out, AtomicBoolean stopped)
      implements AnswerListener {
    @Override
    public void piece(AnswerPiece piece) {
      text.append(piece.text());
      out.print(piece.text());
      out.flush();
    }

    @Override
    public boolean cancelled() {
      return stopped.get();
    }
  }
}
