package dev.sotto.cli;

import java.io.IOException;
import java.io.PrintWriter;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Lines that a person types, with editing and what was typed before; nothing of it is kept in a
 * file.
 */
final class TerminalLines implements Conversation.Lines {
  private final Terminal terminal;
  private final LineReader reader;

  /** {@code interrupted} hears of a Ctrl-C while nothing is typed. */
  TerminalLines(Runnable interrupted) throws IOException {
    terminal = TerminalBuilder.builder().system(true).name("sotto").build();
    terminal.handle(Terminal.Signal.INT, _ -> interrupted.run());
    reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true) // a ! is what was said
            .build();
  }

  PrintWriter out() {
    return terminal.writer();
  }

  @Override
  public @Nullable String next() {
    while (true) {
      try {
        return reader.readLine("> ");
      } catch (UserInterruptException e) {
        // Ctrl-C drops the line; Ctrl-D ends.
      } catch (EndOfFileException e) {
        return null;
      }
    }
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }
}
